import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { serializerById } from '../../src/serializers/registry.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';

const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0 };
const REALMS = [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [] }] }];
const HELLO = ['realm1', { roles: { caller: {} } }];

let router: EmbeddedRouter;

before(async () => {
  const transports = [
    { type: 'rawsocket', endpoint: LOOPBACK, serializers: ['ubjson12'] },
    { type: 'rawsocket', endpoint: LOOPBACK, serializers: ['ubjson'] },
  ];
  router = await createRouter({ realms: REALMS, transports });
});
after(() => router.close());

describe('which format is called ubjson', () => {
  for (const [index, id] of (['ubjson12', 'ubjson'] as const).entries()) {
    it(`is a matter of the listener: ${id}`, async () => {
      const serializer = serializerById(id);
      const hello = serializer.encode([1, ...HELLO]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(hello.length);
      const socket = connectSocket(router.ports[index] ?? 0, '127.0.0.1');
      socket.write(Buffer.concat([Buffer.from('7ff40000', 'hex'), length, hello]));
      let received = Buffer.alloc(0);
      while (received.length < 8 || received.length < 8 + received.readUInt32BE(4)) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        received = Buffer.concat([received, chunk]);
      }
      socket.destroy();
      assert.equal(received.toString('hex', 0, 4), '7ff40000');
      const welcome = serializer.decode(received, 8, received.length) as [number, number, Record<string, unknown>];
      assert.equal(welcome[0], 2);
      assert.ok(Number.isSafeInteger(welcome[1]) && welcome[1] > 0);
      assert.equal(welcome[2]['realm'], 'realm1');
      // The first byte of an id of 64 bits: of the other format, it would not be one.
      assert.equal(received[11], id === 'ubjson' ? 0x4d : 0x4c);
    });
  }
});
