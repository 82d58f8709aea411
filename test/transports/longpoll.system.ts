import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Accept, Arrival, Connection } from '../../src/session/connection.ts';
import type { TransportDetails } from '../../src/wamp/transport-details.ts';
import { framed, RecordingReceiver } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { exchange, RawClient, RecordingLog, statusOf } from '../webservice/web-fixture.ts';
import { type Answer, ask, openTransport } from './longpoll-client.ts';
import { type LongPoll, type LongPollSetup, OPTIONS, startLongPoll } from './longpoll-fixture.ts';

interface Bench extends LongPoll {
  readonly receivers: RecordingReceiver[];
  readonly connections: Connection[];
  readonly protocols: string[];
  readonly clock: FakeClock;
  readonly log: RecordingLog;
}

const running: LongPoll[] = [];

async function bench(setup: Partial<LongPollSetup> & { maxReceive?: number } = {}): Promise<Bench> {
  const receivers: RecordingReceiver[] = [];
  const connections: Connection[] = [];
  const protocols: string[] = [];
  const clock = new FakeClock();
  const log = new RecordingLog();
  const longPoll = await startLongPoll({
    accept(connection, protocol) {
      const receiver = new RecordingReceiver(setup.maxReceive ?? 64 * 1024);
      receivers.push(receiver);
      connections.push(connection);
      protocols.push(protocol);
      return receiver;
    },
    clock,
    log,
    ...setup,
  });
  running.push(longPoll);
  return { ...longPoll, receivers, connections, protocols, clock, log };
}

afterEach(async () => {
  for (const longPoll of running.splice(0)) await longPoll.stop();
});

function say({ connections }: Bench, ...messages: string[]): void {
  const connection = connections[0];
  assert.ok(connection);
  connection.write(
    framed(
      connection,
      messages.map((message) => Buffer.from(message)),
    ),
  );
}

/** A `/receive` that has reached the router. */
async function polling(
  { base, listener }: Bench,
  id: string,
  signal?: AbortSignal,
): Promise<{ readonly answer: Promise<Answer> }> {
  const connection = listener.find(id);
  assert.ok(connection);
  let reached = false;
  const poll = connection.poll.bind(connection);
  connection.poll = (waiting) => {
    reached = true;
    return poll(waiting);
  };
  const answer = ask(`${base}/${id}/receive`, null, signal === undefined ? {} : { signal });
  answer.catch(() => {});
  while (!reached) await turn();
  connection.poll = poll;
  return { answer };
}

async function textOf(answer: Answer | Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  return `${status} ${body.toString()}`;
}

function pick(details: TransportDetails | null): unknown {
  return [details?.cookie, details?.headersSent];
}

async function disconnected({ receivers }: Bench): Promise<void> {
  const [receiver] = receivers;
  assert.ok(receiver);
  await receiver.until(() => receiver.disconnects === 1);
}

describe('opening a long-poll transport', () => {
  it('gives an id that cannot be guessed, and the first of the client’s protocols that is spoken', async () => {
    const made = await bench();
    const { status, headers, body } = await ask(
      `${made.base}/open?x=382913`,
      '{"protocols":["wamp.2.flatbuffers","wamp.2.json","wamp.2.msgpack"]}',
      { headers: { 'X-Twice': 'a', Cookie: 'c=1' } },
    );
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    const { transport, protocol } = JSON.parse(body.toString()) as { transport: string; protocol: string };
    assert.equal(protocol, 'wamp.2.json');
    assert.match(transport, /^[\w-]{22,}$/);
    assert.deepEqual(made.protocols, ['wamp.2.json']);
    const details = made.connections[0]?.details;
    assert.equal(details?.type, 'longpoll');
    assert.equal(details?.protocol, 'wamp.2.json');
    assert.match(details?.peer ?? '', /^tcp4:127\.0\.0\.1:\d+$/);
    assert.equal(details?.secure, false);
    assert.equal(details?.headersReceived?.['cookie'], 'c=1');
    assert.notEqual(await openTransport(made.base), await openTransport(made.base));
  });

  const refused: readonly (readonly [what: string, body: string, status: number, text: RegExp])[] = [
    [
      'no protocol that is spoken',
      '{"protocols":["wamp.2.flatbuffers"]}',
      400,
      /only speaks the subprotocols wamp\.2\./,
    ],
    ['no protocols', '{"protocols":[]}', 400, /only speaks/],
    ['nothing', '', 400, /not JSON/],
    ['half of it', '{"protocols":["wamp.2.json"]', 400, /not JSON/],
    ['a list', '["wamp.2.json"]', 400, /not JSON/],
    ['null', 'null', 400, /not JSON/],
    ['a protocol alone', '{"protocols":"wamp.2.json"}', 400, /not JSON/],
    ['numbers', '{"protocols":[1]}', 400, /not JSON/],
    ['a hundred and one protocols', JSON.stringify({ protocols: new Array(101).fill('wamp.2.json') }), 400, /not JSON/],
    ['a prototype', '{"__proto__":{"protocols":["wamp.2.json"]}}', 400, /not JSON/],
    ['more than 4 KiB', JSON.stringify({ protocols: ['wamp.2.json'], x: 'x'.repeat(4096) }), 413, /too large/],
  ];
  for (const [what, body, status, text] of refused) {
    it(`is refused with ${status} for ${what}, and nothing of it goes back`, async () => {
      const made = await bench();
      const answer = await ask(`${made.base}/open`, body);
      assert.equal(answer.status, status);
      assert.match(answer.body.toString(), text);
      assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
      assert.equal(made.listener.size, 0);
    });
  }

  it('is refused with 413 where the body never ends', async () => {
    const made = await bench();
    const answer = await exchange(
      made.port,
      `POST /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n${'x'.repeat(8192)}\r\n`,
    );
    assert.equal(statusOf(answer), 413);
  });

  it('asks by which headers a client is let in, and whether its cookies count', async () => {
    const arrivals: Arrival[] = [];
    const receiver = new RecordingReceiver(100);
    let details: TransportDetails | null = null;
    const made = await bench({
      allowedOrigins: ['https://app.example', '*'],
      greet: (arrival) => {
        arrivals.push(arrival);
        const accept: Accept = (connection) => {
          ({ details } = connection);
          return receiver;
        };
        return { headers: { 'Set-Cookie': 'cbtid=new' }, cookie: 'new', accept };
      },
    });
    for (const Origin of ['https://app.example', 'https://evil.example']) {
      const headers = { Origin, Cookie: 'cbtid=old' };
      const answer = await ask(`${made.base}/open`, '{"protocols":["wamp.2.json"]}', { headers });
      assert.deepEqual(answer.headers['set-cookie'], ['cbtid=new']);
    }
    assert.deepEqual(
      arrivals.map(({ headers, cookiesCount }) => [headers['cookie'], cookiesCount]),
      [
        ['cbtid=old', true],
        ['cbtid=old', false],
      ],
    );
    assert.deepEqual(pick(details), ['new', { 'Set-Cookie': 'cbtid=new' }]);
    assert.equal(made.receivers.length, 0);
  });

  it('is refused with 503 where too many wait to log in', async () => {
    const made = await bench({ admit: () => false });
    const answer = await ask(`${made.base}/open`, '{"protocols":["wamp.2.json"]}');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '5');
  });

  it('fails with 500 where the router fails, and leaves nothing behind', async () => {
    const made = await bench({
      accept: () => {
        throw new Error('a fault of ours');
      },
    });
    assert.equal((await ask(`${made.base}/open`, '{"protocols":["wamp.2.json"]}')).status, 500);
    assert.equal(made.listener.size, 0);
    assert.equal(made.log.lines.filter(({ level }) => level === 'error').length, 1);
  });
});

describe('requests to a long-poll path', () => {
  const rows: readonly (readonly [method: string, path: string, status: number])[] = [
    ['GET', '/', 200],
    ['POST', '/', 405],
    ['GET', '/open', 405],
    ['PUT', '/open', 405],
    ['GET', '/ID/receive', 405],
    ['DELETE', '/ID/close', 405],
    ['POST', '/ID/other', 404],
    ['POST', '/ID', 404],
    ['POST', '/ID/send/more', 404],
    ['POST', '/other/send', 404],
    ['POST', '/other/receive', 404],
    ['POST', '/other/close', 404],
    ['POST', '/__proto__/receive', 404],
    ['POST', '/ID/constructor', 404],
  ];
  for (const [method, path, status] of rows) {
    it(`${method} ${path}: ${status}`, async () => {
      const made = await bench();
      const id = await openTransport(made.base);
      const answer = await ask(`${made.base}${path.replace('ID', id)}`, null, { method });
      assert.equal(answer.status, status);
      assert.ok(!answer.body.toString().includes('other'));
      assert.equal(made.listener.size, 1);
    });
  }

  it('tells an id from its beginnings and its like', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    for (const other of [id.slice(0, -1), `${id}a`, id.toLowerCase(), `${id}%00`]) {
      if (other !== id) assert.equal((await ask(`${made.base}/${other}/send`, 'x')).status, 404);
    }
    assert.equal(made.receivers[0]?.messages.length, 0);
  });
});

describe('receiving', () => {
  it('waits for a message, and gives one at a time', async () => {
    const made = await bench();
    const id = await openTransport(made.base, 'wamp.2.json');
    const { answer } = await polling(made, id);
    say(made, '[1]', '[2]', '[3]');
    const first = await answer;
    assert.equal(first.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(first.body.toString(), '[1]');
    assert.equal(await textOf(ask(`${made.base}/${id}/receive`, null)), '200 [2]');
    assert.equal(await textOf(ask(`${made.base}/${id}/receive`, null)), '200 [3]');
  });

  it('gives all that wait where they are batched', async () => {
    const made = await bench();
    const id = await openTransport(made.base, 'wamp.2.msgpack.batched');
    say(made, '\0\0\0\x01a', '\0\0\0\x01b');
    const { headers, body } = await ask(`${made.base}/${id}/receive`, null);
    assert.equal(headers['content-type'], 'application/x-msgpack');
    assert.equal(body.toString(), '\0\0\0\x01a\0\0\0\x01b');
  });

  it('says that there is nothing after the request’s time', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const { answer } = await polling(made, id);
    made.clock.advance(OPTIONS.requestTimeout);
    assert.equal(await textOf(answer), '204 ');
    // And anew: the time without a request begins with the answer.
    made.clock.advance(OPTIONS.sessionTimeout - 1);
    const again = await polling(made, id);
    say(made, 'late');
    assert.equal(await textOf(again.answer), '200 late');
  });

  it('goes to the last that asks; another is sent home', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const first = await polling(made, id);
    const second = await polling(made, id);
    assert.equal(await textOf(first.answer), '204 ');
    say(made, 'a');
    assert.equal(await textOf(second.answer), '200 a');
  });

  it('survives a client that leaves in the middle: nothing is lost', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const abort = new AbortController();
    await polling(made, id, abort.signal);
    abort.abort();
    const { answer } = await polling(made, id);
    say(made, 'a');
    assert.equal(await textOf(answer), '200 a');
  });

  it('gives again, and in order, what did not go', async () => {
    const made = await bench({ options: { queueLimitBytes: 64 * 1024 * 1024 } });
    const id = await openTransport(made.base);
    const client = new RawClient(made.port);
    client.socket.pause();
    client.socket.write(`POST /${id}/receive HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
    // More than the buffers of a socket hold.
    say(made, 'x'.repeat(16 * 1024 * 1024), 'b');
    const connection = made.connections[0];
    assert.ok(connection);
    const pending = 16 * 1024 * 1024 + 1;
    assert.equal(connection.pending, pending);
    while (made.listener.find(id)?.isAnswering !== true) await turn();
    assert.equal(connection.pending, pending);
    client.socket.destroy();
    const { body } = await ask(`${made.base}/${id}/receive`, null);
    assert.equal(body.length, 16 * 1024 * 1024);
    assert.equal(await textOf(ask(`${made.base}/${id}/receive`, null)), '200 b');
    assert.equal(connection.pending, 0);
  });

  it('lets a client go that has too much waiting', async () => {
    for (const messages of [['a'.repeat(100_000), 'b'.repeat(40_000), 'c'], new Array<string>(101).fill('a')]) {
      const made = await bench();
      const id = await openTransport(made.base);
      say(made, ...messages.slice(0, -1));
      assert.equal(made.listener.size, 1);
      say(made, ...messages.slice(-1));
      await disconnected(made);
      assert.equal(made.log.lines.at(-1)?.level, 'warn');
      assert.equal((await ask(`${made.base}/${id}/receive`, null)).status, 404);
    }
  });

  it('takes one message of any size', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    say(made, 'a'.repeat(1_000_000));
    assert.equal((await ask(`${made.base}/${id}/receive`, null)).body.length, 1_000_000);
  });

  it('ends a client that does not ask for its time, whatever it sends', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const agent = new Agent({ keepAlive: true });
    for (let waited = 0; waited < 3; waited++) {
      assert.equal((await ask(`${made.base}/${id}/send`, 'x', { agent })).status, 204);
      made.clock.advance(OPTIONS.sessionTimeout / 3);
    }
    await disconnected(made);
    assert.equal((await ask(`${made.base}/${id}/send`, 'x', { agent })).status, 404);
    agent.destroy();
    assert.equal(made.clock.pending, 0);
  });
});

describe('sending', () => {
  it('answers 204, as Crossbar does, once the message was taken', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    assert.equal(await textOf(ask(`${made.base}/${id}/send`, 'abc')), '204 ');
    assert.deepEqual(made.receivers[0]?.messages.map(String), ['abc']);
  });

  it('keeps the order of requests in parallel, by when they began', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const slow = new RawClient(made.port);
    const begun = begins(made, id);
    slow.socket.write(`POST /${id}/send HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab`);
    await begun;
    const second = ask(`${made.base}/${id}/send`, 'second');
    await begins(made, id);
    await turn();
    assert.equal(made.receivers[0]?.messages.length, 0);
    slow.socket.write('cd');
    await slow.until(/204/);
    assert.equal((await second).status, 204);
    assert.deepEqual(made.receivers[0]?.messages.map(String), ['abcd', 'second']);
    slow.socket.destroy();
  });

  it('is not held up by one that left in the middle', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const gone = new RawClient(made.port);
    const begun = begins(made, id);
    gone.socket.write(`POST /${id}/send HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab`);
    await begun;
    const second = ask(`${made.base}/${id}/send`, 'second');
    await begins(made, id);
    gone.socket.destroy();
    assert.equal((await second).status, 204);
    assert.deepEqual(made.receivers[0]?.messages.map(String), ['second']);
  });

  it('ends where a body does not arrive within the time of a request', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const slow = new RawClient(made.port);
    const begun = begins(made, id);
    slow.socket.write(`POST /${id}/send HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab`);
    await begun;
    made.clock.advance(10_000);
    await slow.closed;
    assert.equal(made.receivers[0]?.messages.length, 0);
    assert.equal((await ask(`${made.base}/${id}/send`, 'after')).status, 204);
  });

  it('takes as many bytes as the receiver allows, and ends beyond', async () => {
    const made = await bench({ maxReceive: 100 });
    const id = await openTransport(made.base);
    assert.equal((await ask(`${made.base}/${id}/send`, 'a'.repeat(100))).status, 204);
    assert.equal((await ask(`${made.base}/${id}/send`, 'a'.repeat(101))).status, 413);
    await disconnected(made);
    assert.equal(made.receivers[0]?.messages.length, 1);
  });

  it('counts what arrives, also without an announced length', async () => {
    const made = await bench({ maxReceive: 100 });
    const id = await openTransport(made.base);
    const answer = await exchange(
      made.port,
      `POST /${id}/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n`,
    );
    assert.equal(statusOf(answer), 413);
    await disconnected(made);
  });

  it('bounds what is on its way in many requests', async () => {
    const made = await bench({ maxReceive: 1000 });
    const id = await openTransport(made.base);
    const client = new RawClient(made.port);
    client.socket.write(`POST /${id}/send HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n${'x'.repeat(599)}`);
    while (made.listener.find(id)?.uploads.limit !== 401) await turn();
    assert.equal((await ask(`${made.base}/${id}/send`, 'a'.repeat(402))).status, 413);
    await disconnected(made);
    client.socket.destroy();
  });

  it('takes 64 requests at a time', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const clients = Array.from({ length: 64 }, () => new RawClient(made.port));
    for (const client of clients) {
      client.socket.write(`POST /${id}/send HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx`);
    }
    const uploads = made.listener.find(id)?.uploads;
    assert.ok(uploads);
    while (uploads.limit > 64 * 1024 - 64) await turn();
    assert.equal((await ask(`${made.base}/${id}/send`, 'x')).status, 429);
    for (const client of clients) client.socket.destroy();
  });

  it('says 400, as Crossbar does, where it was no WAMP', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const [receiver] = made.receivers;
    assert.ok(receiver);
    receiver.onMessage = () => made.connections[0]?.close('protocol-error', 'what is that');
    assert.equal(await textOf(ask(`${made.base}/${id}/send`, 'x')), '400 could not unserialize WAMP message.');
    assert.equal((await ask(`${made.base}/${id}/send`, 'x')).status, 404);
  });
});

/** The next `/send` of a transport has reached the router. */
async function begins({ listener }: Bench, id: string): Promise<void> {
  const uploads = listener.find(id)?.uploads;
  assert.ok(uploads);
  let begun = false;
  const begin = uploads.begin.bind(uploads);
  uploads.begin = () => {
    begun = true;
    return begin();
  };
  while (!begun) await turn();
  uploads.begin = begin;
}

describe('the end of a long-poll transport', () => {
  it('by the client: 204 for it and for the request that waits; afterwards 404', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const { answer } = await polling(made, id);
    assert.equal(await textOf(ask(`${made.base}/${id}/close`, null)), '204 ');
    assert.equal(await textOf(answer), '204 ');
    await disconnected(made);
    for (const verb of ['send', 'receive', 'close']) {
      assert.equal((await ask(`${made.base}/${id}/${verb}`, null)).status, 404);
    }
    assert.equal(made.listener.size, 0);
  });

  it('by the router: what was written is fetched first', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    say(made, 'a', 'b');
    made.connections[0]?.close('policy', '');
    assert.equal((await ask(`${made.base}/${id}/send`, 'x')).status, 404);
    assert.equal(await textOf(ask(`${made.base}/${id}/receive`, null)), '200 a');
    assert.equal(await textOf(ask(`${made.base}/${id}/receive`, null)), '200 b');
    assert.equal((await ask(`${made.base}/${id}/receive`, null)).status, 404);
    await disconnected(made);
  });

  it('by the router, where the client is told and then closes: that is no failure for it', async () => {
    const made = await bench();
    const id = await openTransport(made.base);
    const { answer } = await polling(made, id);
    say(made, 'ABORT');
    made.connections[0]?.close('policy', '');
    assert.equal(await textOf(answer), '200 ABORT');
    assert.equal((await ask(`${made.base}/${id}/close`, null)).status, 204);
    await disconnected(made);
    assert.equal(made.clock.pending, 0);
  });

  it('by the router, where the client fetches nothing: after a while', async () => {
    const made = await bench();
    await openTransport(made.base);
    say(made, 'a');
    made.connections[0]?.close('policy', '');
    made.clock.advance(OPTIONS.closeTimeout);
    await disconnected(made);
    assert.equal(made.listener.size, 0);
  });

  it('by the node: the requests that wait are answered', async () => {
    const made = await bench();
    const { answer } = await polling(made, await openTransport(made.base));
    await made.listener.close();
    assert.equal((await answer).status, 404);
    assert.equal((await ask(`${made.base}/open`, '{"protocols":["wamp.2.json"]}')).status, 503);
  });
});

describe('pages of other origins', () => {
  const rows: readonly (readonly [what: string, allowed: string[], origin: string, shown: unknown[]])[] = [
    ['any, where any may', ['*'], 'https://evil.example', [200, '*', undefined]],
    ['one that is named', ['https://app.example'], 'https://app.example', [200, 'https://app.example', 'true']],
    [
      'one that a pattern names',
      ['https://*.app.example'],
      'https://a.app.example',
      [200, 'https://a.app.example', 'true'],
    ],
    ['another beside it', ['https://app.example', '*'], 'https://evil.example', [200, '*', undefined]],
    ['another', ['https://app.example'], 'https://evil.example', [403, undefined, undefined]],
    ['one that only begins alike', ['https://app.example'], 'https://app.example.evil', [403, undefined, undefined]],
    ['one that a pattern for anybody lets in', ['http*'], 'https://evil.example', [200, '*', undefined]],
    ['null, where any may', ['*'], 'null', [200, '*', undefined]],
    ['junk', ['https://*'], 'https://a b\t', [403, undefined, undefined]],
  ];
  for (const [what, allowedOrigins, origin, [status, allow, credentials]] of rows) {
    it(`${what}: ${status}`, async () => {
      const made = await bench({ allowedOrigins });
      const headers = { Origin: origin };
      const opened = await ask(`${made.base}/open`, '{"protocols":["wamp.2.json"]}', { headers });
      const preflight = await ask(`${made.base}/anything/receive`, null, {
        method: 'OPTIONS',
        headers: { ...headers, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'X-Any' },
      });
      assert.equal(opened.status, status);
      assert.equal(preflight.status, status === 200 ? 204 : 403);
      for (const answer of [opened, preflight]) {
        assert.equal(answer.headers['access-control-allow-origin'], allow);
        assert.equal(answer.headers['access-control-allow-credentials'], credentials);
        assert.equal(answer.headers.vary, 'Origin');
      }
      assert.equal(preflight.headers['access-control-allow-methods'], status === 200 ? 'POST, OPTIONS' : undefined);
      assert.equal(preflight.headers['access-control-allow-headers'], status === 200 ? 'Content-Type' : undefined);
    });
  }
});
