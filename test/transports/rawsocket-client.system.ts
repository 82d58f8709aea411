import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import type { Connection } from '../../src/session/connection.ts';
import { EndpointError } from '../../src/transports/endpoint-error.ts';
import { connectRawSocket, type RawSocketClientOptions } from '../../src/transports/rawsocket-client.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { framed, RecordingReceiver } from '../suites/recording-receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A router of a few lines: answers the handshake with these bytes, and keeps what it gets. */
async function router(reply: readonly number[] | null): Promise<{ port: number; sockets: Socket[]; got: Buffer[] }> {
  const sockets: Socket[] = [];
  const got: Buffer[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    if (reply !== null) socket.once('data', () => socket.write(Buffer.from(reply)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, sockets, got };
}

function options(port: number, more: Partial<RawSocketClientOptions> = {}): RawSocketClientOptions {
  const endpoint = { type: 'tcp', host: '127.0.0.1', port } as const;
  return { endpoint, serializer: 'cbor', clock: SYSTEM_CLOCK, log: SILENT, closeTimeout: 200, ...more };
}

const nobody = (): never => {
  throw new Error('accepted although there is no agreement');
};

describe('connectRawSocket', { timeout: 20_000 }, () => {
  test('asks for its serializer and limit, and takes what comes with the reply', async () => {
    const { port, got } = await router([0x7f, 0x03, 0, 0, 0, 0, 0, 2, 5, 6]);
    const receiver = new RecordingReceiver(1_000);
    let protocol = '';
    const connection: Connection = await connectRawSocket(options(port, { maxMessageSize: 2 ** 20 }), (_, spoken) => {
      protocol = spoken;
      return receiver;
    });
    await receiver.until(() => receiver.messages.length === 1);
    assert.deepEqual(receiver.messages, [Buffer.from([5, 6])]);
    assert.equal(protocol, 'wamp.2.cbor');
    assert.equal(connection.maxSend, 512);
    assert.equal(connection.details.peer, `tcp4:127.0.0.1:${port}`);
    connection.write(framed(connection, [Buffer.from([9])]));
    while (Buffer.concat(got).length < 9) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(Buffer.concat(got).toString('hex'), '7fb300000000000109');
    connection.destroy();
    await receiver.until(() => receiver.disconnects === 1);
  });

  const refusals = [
    [[0x7f, 0x10, 0, 0], 'the router refused the connection: serializer unsupported (error 1)'],
    [[0x7f, 0x20, 0, 0], 'the router refused the connection: maximum message length unacceptable (error 2)'],
    [[0x7f, 0x30, 0, 0], 'the router refused the connection: use of reserved bits (error 3)'],
    [[0x7f, 0x40, 0, 0], 'the router refused the connection: maximum connection count reached (error 4)'],
    [[0x7f, 0xe0, 0, 0], 'the router refused the connection: unknown error (error 14)'],
    [[0x7f, 0xf1, 0, 0], 'the router chose another serializer than asked for'],
    [[0x7f, 0xf3, 0, 9], 'the router set reserved bits in its handshake'],
    [[...Buffer.from('HTTP/1.1 400 Bad Request\r\n')], 'it does not speak RawSocket'],
  ] as const;
  for (const [reply, reason] of refusals) {
    test(`fails with: ${reason}`, async () => {
      const { port, sockets } = await router(reply);
      await assert.rejects(connectRawSocket(options(port), nobody), (error) => {
        assert.ok(error instanceof EndpointError);
        assert.equal(error.code, 'EHANDSHAKE');
        assert.equal(error.message, `cannot speak RawSocket with tcp 127.0.0.1:${port}: ${reason}`);
        return true;
      });
      await new Promise<void>((resolve) => {
        if (sockets[0]?.closed) resolve();
        else sockets[0]?.once('close', () => resolve());
      });
    });
  }

  test('fails where the router leaves', async () => {
    const { port, sockets } = await router(null);
    const connecting = connectRawSocket(options(port), nobody);
    while (sockets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    sockets[0]?.end();
    await assert.rejects(connecting, /: it left$/);
  });

  test('fails where the router does not answer in time, and leaves no timer', async () => {
    const clock = new FakeClock();
    const { port, got } = await router(null);
    const connecting = connectRawSocket(options(port, { clock, handshakeTimeout: 3_000 }), nobody);
    const failed = assert.rejects(connecting, /it did not finish the handshake in time$/);
    while (got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_000);
    await failed;
    assert.equal(clock.pending, 0);
  });

  test('gives up where it is told to, at any time before the agreement', async () => {
    const reason = new Error('changed my mind');
    const { port, got } = await router(null);
    await assert.rejects(connectRawSocket(options(port, { signal: AbortSignal.abort(reason) }), nobody), reason);
    const early = new AbortController();
    const connecting = connectRawSocket(options(port, { signal: early.signal }), nobody);
    early.abort(reason);
    await assert.rejects(connecting, reason);
    const late = new AbortController();
    const shaking = connectRawSocket(options(port, { signal: late.signal }), nobody);
    while (got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    late.abort(reason);
    await assert.rejects(shaking, reason);
  });

  test('fails where nobody listens', async () => {
    const { port } = await router(null);
    const unused = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
      });
    });
    assert.notEqual(unused, port);
    await assert.rejects(
      connectRawSocket(options(unused), nobody),
      new RegExp(`^EndpointError: cannot connect to tcp 127.0.0.1:${unused}: nobody listens there \\(ECONNREFUSED\\)$`),
    );
  });

  test('a failing accept fails the connection', async () => {
    const { port, sockets } = await router([0x7f, 0xf3, 0, 0]);
    const fault = new Error('fault');
    await assert.rejects(
      connectRawSocket(options(port), () => {
        throw fault;
      }),
      fault,
    );
    await new Promise<void>((resolve) => {
      if (sockets[0]?.closed) resolve();
      else sockets[0]?.once('close', () => resolve());
    });
  });

  test('refuses limits that cannot be announced', async () => {
    await assert.rejects(connectRawSocket(options(1, { maxMessageSize: 2 ** 25 }), nobody), RangeError);
  });
});
