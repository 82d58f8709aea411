import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Listener, type ListeningEndpoint, listen } from '../../src/transports/endpoint.ts';
import { connectEndpoint } from '../../src/transports/endpoint-connect.ts';
import { EndpointError } from '../../src/transports/endpoint-error.ts';
import { peerName } from '../../src/transports/peer-name.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';

/** No host can have a label of 64 letters, so that nobody is asked for it. */
const NO_HOST = `${'x'.repeat(64)}.invalid`;
const LOCAL = { type: 'tcp', interface: '127.0.0.1' } as const;

const listeners: Listener[] = [];
const sockets: Socket[] = [];

/** Listens until the end of the tests, and greets with the name of the peer. */
async function greet(endpoint: ListeningEndpoint, log: Log = SILENT): Promise<Listener> {
  const listener = await listen(
    endpoint,
    (socket) => {
      sockets.push(socket);
      socket.end(peerName(socket));
    },
    { clock: SYSTEM_CLOCK, log },
  );
  listeners.push(listener);
  return listener;
}

async function greeting(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

function fails(code: string, message: RegExp | string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof EndpointError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.code, code);
    assert.ok(!error.message.includes('\n'));
    return true;
  };
}

after(async () => {
  for (const socket of sockets) socket.destroy();
  for (const listener of listeners) await listener.close();
});

/** Of a connection, as the port of its near and of its far end: which timer runs. [Linux, proc_net_tcp.rst: 2 is keep-alive] */
async function timerOf(near: number, far: number): Promise<string | undefined> {
  const port = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
  const ends = new RegExp(`:${port(near)} [0-9A-F]+:${port(far)} 01 \\S+ (\\d\\d):`);
  return ends.exec(await fs.readFile('/proc/net/tcp', 'utf8'))?.[1];
}

test('connections are kept alive', {
  skip: process.platform === 'linux' ? false : 'only Linux shows the timers of connections',
}, async () => {
  const accepted: Socket[] = [];
  const listener = await listen({ ...LOCAL, port: 0 }, (socket) => accepted.push(socket), {
    clock: SYSTEM_CLOCK,
    log: SILENT,
  });
  listeners.push(listener);
  const client = connect(listener.port ?? 0, '127.0.0.1');
  sockets.push(client);
  await once(client, 'connect');
  while (accepted.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  sockets.push(...accepted);
  assert.equal(await timerOf(listener.port ?? 0, client.localPort ?? 0), '02');
  assert.notEqual(await timerOf(client.localPort ?? 0, listener.port ?? 0), '02');
});

describe('listen on TCP', { timeout: 20_000 }, () => {
  test('any free port, told', async () => {
    const listener = await greet({ ...LOCAL, port: 0 });
    assert.ok(listener.port !== null && listener.port > 0);
    assert.equal(listener.address, `tcp 127.0.0.1:${listener.port}`);
    const socket = await connectEndpoint({ type: 'tcp', host: '127.0.0.1', port: listener.port }, SYSTEM_CLOCK);
    const { localPort } = socket;
    assert.equal(await greeting(socket), `tcp4:127.0.0.1:${localPort}`);
  });

  test('all addresses of version 4 by default', async () => {
    const listener = await greet({ type: 'tcp', port: 0 });
    assert.equal(listener.address, `tcp 0.0.0.0:${listener.port}`);
  });

  test('a port in use is an error that says so', async () => {
    const first = await greet({ ...LOCAL, port: 0 });
    const port = first.port ?? 0;
    await assert.rejects(
      greet({ ...LOCAL, port }),
      fails('EADDRINUSE', `cannot listen on tcp 127.0.0.1:${port}: the address is in use (EADDRINUSE)`),
    );
  });

  test('the first free port of a range, and an error where none is', async () => {
    const first = await greet({ ...LOCAL, port: 0 });
    const taken = first.port ?? 0;
    await assert.rejects(
      greet({ ...LOCAL, port: [taken, taken] }),
      fails('EADDRINUSE', /the address is in use \(EADDRINUSE\)$/),
    );
    const second = await greet({ ...LOCAL, port: [taken, Math.min(taken + 50, 65_535)] });
    assert.ok(second.port !== null && second.port > taken && second.port <= taken + 50);
    await assert.rejects(
      greet({ ...LOCAL, port: [second.port, second.port - 1] }),
      fails('EINVAL', /^cannot listen on tcp 127\.0\.0\.1: the port range \d+ to \d+ is empty$/),
    );
  });

  test('an error other than "in use" ends the search of a range', async () => {
    await assert.rejects(
      greet({ type: 'tcp', interface: '192.0.2.1', port: [20_000, 20_500] }),
      fails(
        'EADDRNOTAVAIL',
        'cannot listen on tcp 192.0.2.1:20000, of the range 20000 to 20500: ' +
          'this machine does not have that address (EADDRNOTAVAIL)',
      ),
    );
  });

  test('an unknown interface is an error that names it', async () => {
    await assert.rejects(
      greet({ type: 'tcp', interface: NO_HOST, port: 0 }),
      fails('ENOTFOUND', `cannot listen on tcp ${NO_HOST}:0: the host name is unknown (ENOTFOUND)`),
    );
  });

  test('options without effect are logged', async () => {
    const warnings: string[] = [];
    const log: Log = { ...SILENT, warn: (text) => void warnings.push(text) };
    await greet({ ...LOCAL, port: 0, shared: true, userTimeout: 10 }, log);
    assert.equal(warnings.length, 2);
  });

  test('a closed listener takes nobody, keeps what it gave, and frees the port', async () => {
    const given: Socket[] = [];
    const listener = await listen({ ...LOCAL, port: 0 }, (socket) => given.push(socket), {
      clock: SYSTEM_CLOCK,
      log: SILENT,
    });
    const port = listener.port ?? 0;
    const socket = await connectEndpoint({ type: 'tcp', host: '127.0.0.1', port }, SYSTEM_CLOCK);
    while (given.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await listener.close();
    await listener.close();
    await assert.rejects(
      connectEndpoint({ type: 'tcp', host: '127.0.0.1', port }, SYSTEM_CLOCK),
      fails('ECONNREFUSED', `cannot connect to tcp 127.0.0.1:${port}: nobody listens there (ECONNREFUSED)`),
    );
    given[0]?.end('still here');
    assert.equal(await greeting(socket), 'still here');
    const again = await greet({ ...LOCAL, port });
    assert.equal(again.port, port);
  });

  test('a socket that is reset at once is no exception', async () => {
    const given: Socket[] = [];
    const listener = await listen({ ...LOCAL, port: 0 }, (socket) => given.push(socket), {
      clock: SYSTEM_CLOCK,
      log: SILENT,
    });
    const socket = connect({ host: '127.0.0.1', port: listener.port ?? 0 });
    await once(socket, 'connect');
    while (given.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const ended = new Promise<void>((resolve) => given[0]?.once('close', () => resolve()));
    given[0]?.resume();
    socket.resetAndDestroy();
    await ended;
    await listener.close();
  });
});

describe('listen on IPv6', { timeout: 20_000 }, () => {
  test('one address, named in brackets', async (t) => {
    if (!(await hasIpv6())) return t.skip('this machine has no ::1');
    const listener = await greet({ type: 'tcp', version: 6, interface: '::1', port: 0 });
    assert.equal(listener.address, `tcp [::1]:${listener.port}`);
    const socket = await connectEndpoint({ type: 'tcp', host: '::1', port: listener.port ?? 0 }, SYSTEM_CLOCK);
    const { localPort } = socket;
    assert.equal(await greeting(socket), `tcp6:::1:${localPort}`);
  });

  test('all addresses: IPv4 comes in, too, under its own name', async (t) => {
    if (!(await hasIpv6())) return t.skip('this machine has no ::1');
    const listener = await greet({ type: 'tcp', version: 6, port: 0 });
    assert.equal(listener.address, `tcp [::]:${listener.port}`);
    const endpoint = { type: 'tcp', host: '127.0.0.1', port: listener.port ?? 0, version: 4 } as const;
    const socket = await connectEndpoint(endpoint, SYSTEM_CLOCK);
    const { localPort } = socket;
    assert.equal(await greeting(socket), `tcp4:127.0.0.1:${localPort}`);
  });
});

async function hasIpv6(): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(0, '::1', () => probe.close(() => resolve(true)));
  });
}

describe('listen on a unix socket', { timeout: 20_000 }, () => {
  let directory = '';
  let remove = async (): Promise<void> => {};

  before(async () => {
    ({ directory, remove } = await temporaryDirectory());
  });
  after(() => remove());

  /** A socket file whose process is gone. */
  function leaveStale(file: string): void {
    const script = `require('net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`;
    const { signal } = spawnSync(process.execPath, ['-e', script]);
    assert.equal(signal, 'SIGKILL');
  }

  test('serves, for everybody, and is gone after the end', async () => {
    const file = path.join(directory, 'plain.sock');
    const listener = await greet({ type: 'unix', path: file });
    assert.equal(listener.address, `unix ${file}`);
    assert.equal(listener.port, null);
    const { mode } = await fs.stat(file);
    assert.equal(mode & 0o666, 0o666);
    const socket = await connectEndpoint({ type: 'unix', path: file }, SYSTEM_CLOCK);
    assert.equal(peerName(socket, file), `unix:${file}`);
    assert.equal(await greeting(socket), 'unix');
    await listener.close();
    await assert.rejects(fs.stat(file), { code: 'ENOENT' });
  });

  test('replaces a stale socket', async () => {
    const file = path.join(directory, 'stale.sock');
    leaveStale(file);
    assert.ok((await fs.stat(file)).isSocket());
    await greet({ type: 'unix', path: file });
    const socket = await connectEndpoint({ type: 'unix', path: file }, SYSTEM_CLOCK);
    assert.equal(await greeting(socket), 'unix');
  });

  test('does not take a path from a process that answers', async () => {
    const file = path.join(directory, 'busy.sock');
    await greet({ type: 'unix', path: file });
    await assert.rejects(
      greet({ type: 'unix', path: file }),
      fails('EADDRINUSE', `cannot listen on unix ${file}: another process listens there (EADDRINUSE)`),
    );
    const socket = await connectEndpoint({ type: 'unix', path: file }, SYSTEM_CLOCK);
    assert.equal(await greeting(socket), 'unix');
  });

  test('never removes what is not a socket', async () => {
    const file = path.join(directory, 'file.sock');
    await fs.writeFile(file, 'precious');
    const expected = fails('EEXIST', `cannot listen on unix ${file}: the path exists and is not a socket`);
    await assert.rejects(greet({ type: 'unix', path: file }), expected);
    assert.equal(await fs.readFile(file, 'utf8'), 'precious');
    const link = path.join(directory, 'link.sock');
    await fs.symlink(file, link);
    await assert.rejects(greet({ type: 'unix', path: link }), fails('EEXIST', /is not a socket$/));
    assert.ok((await fs.lstat(link)).isSymbolicLink());
  });

  test('says where a path is impossible', async () => {
    const long = path.join(directory, 'x'.repeat(110));
    await assert.rejects(greet({ type: 'unix', path: long }), fails('ENAMETOOLONG', /is too long: \d+ bytes/));
    const missing = path.join(directory, 'missing', 'x.sock');
    await assert.rejects(
      greet({ type: 'unix', path: missing }),
      fails(
        'ENOENT',
        `cannot listen on unix ${missing}: the directory ${path.dirname(missing)} does not exist (ENOENT)`,
      ),
    );
    const below = path.join(directory, 'file.sock', 'x.sock');
    await assert.rejects(
      greet({ type: 'unix', path: below }),
      fails('ENOTDIR', /a part of the path is not a directory/),
    );
  });

  test('connecting says what is wrong', async () => {
    const missing = path.join(directory, 'nothing.sock');
    await assert.rejects(
      connectEndpoint({ type: 'unix', path: missing }, SYSTEM_CLOCK),
      fails('ENOENT', `cannot connect to unix ${missing}: there is no such file or directory (ENOENT)`),
    );
    await assert.rejects(
      connectEndpoint({ type: 'unix', path: `/${'x'.repeat(200)}` }, SYSTEM_CLOCK),
      fails('ENAMETOOLONG', /too long/),
    );
  });
});

describe('connectEndpoint', { timeout: 20_000 }, () => {
  test('gives up in the middle of a TLS handshake at its own time, and leaves no timer', async () => {
    const clock = new FakeClock();
    const given: Socket[] = [];
    const silent = await listen({ ...LOCAL, port: 0 }, (socket) => given.push(socket), {
      clock: SYSTEM_CLOCK,
      log: SILENT,
    });
    const port = silent.port ?? 0;
    const endpoint = { type: 'tcp', host: '127.0.0.1', port, timeout: 1_000, tls: { hostname: 'localhost' } } as const;
    const failed = assert.rejects(
      connectEndpoint(endpoint, clock),
      fails('ETIMEDOUT', `cannot connect to tcp 127.0.0.1:${port}: the other side did not answer in time (ETIMEDOUT)`),
    );
    while (given.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(999);
    assert.equal(clock.pending, 1);
    clock.advance(1);
    await failed;
    assert.equal(clock.pending, 0);
    await silent.close();
    given[0]?.destroy();
  });

  test('says where the other side leaves in the middle of a TLS handshake', async () => {
    const rude = await listen({ ...LOCAL, port: 0 }, (socket) => socket.destroy(), {
      clock: SYSTEM_CLOCK,
      log: SILENT,
    });
    const endpoint = { type: 'tcp', host: '127.0.0.1', port: rude.port ?? 0, tls: { hostname: 'localhost' } } as const;
    await assert.rejects(
      connectEndpoint(endpoint, SYSTEM_CLOCK),
      (error) => error instanceof EndpointError && error.message.startsWith('cannot connect to tcp 127.0.0.1:'),
    );
    await rude.close();
  });

  test('gives up where it is told to', async () => {
    const clock = new FakeClock();
    const nobody = { type: 'tcp', host: '127.0.0.1', port: 1 } as const;
    const controller = new AbortController();
    const connecting = connectEndpoint(nobody, clock, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(connecting, { message: 'enough' });
    await assert.rejects(connectEndpoint(nobody, clock, controller.signal), { message: 'enough' });
    assert.equal(clock.pending, 0);
  });

  test('an unknown host is an error that says so', async () => {
    await assert.rejects(
      connectEndpoint({ type: 'tcp', host: NO_HOST, port: 1 }, SYSTEM_CLOCK),
      fails('ENOTFOUND', `cannot connect to tcp ${NO_HOST}:1: the host name is unknown (ENOTFOUND)`),
    );
  });
});
