import assert from 'node:assert/strict';
import { type AutobahnCase, CLOSED_BY_CLIENT, finish, messagesOf, numbered, plainCase } from './autobahn-case.ts';
import { FrameClient, type Step } from './frame-client.ts';

/** The suite's own sizes and counts take minutes; a sixteenth of them finds the same faults. */
const FULL = process.env['AUTOBAHN_FULL'] === '1';
const SCALE = FULL ? 1 : 16;
const ROUND_TRIPS = FULL ? 1_000 : 50;

const KIB = 1024;
const MIB = 1024 * KIB;

function content(size: number, opcode: number): Buffer {
  return Buffer.alloc(size, opcode === 1 ? 'BAsd7&jh23' : Buffer.from('00fe23fa7f', 'hex'));
}

function echoed(id: string, opcode: number, payload: Buffer, send: readonly Step[]): AutobahnCase {
  const kind = opcode === 1 ? 'text' : 'binary';
  return plainCase(id, { send, expect: [{ kind, payload }], ending: CLOSED_BY_CLIENT });
}

/** 9.1, 9.2 */
function increasingSize(prefix: string, opcode: number): AutobahnCase[] {
  return numbered(prefix, [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB], (id, size) => {
    const payload = content(size / SCALE, opcode);
    return echoed(id, opcode, payload, [{ opcode, payload }]);
  });
}

/** 9.3, 9.4: at the end as many fragments as the suite ever sends, 65 536, whatever the scale of their sizes */
function increasingFragments(prefix: string, opcode: number): AutobahnCase[] {
  const sizes = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB];
  return numbered(prefix, sizes, (id, fragment) => {
    const payload = content((4 * MIB) / SCALE, opcode);
    const size = fragment / SCALE;
    const send: Step[] = [];
    for (let at = 0; at < payload.length; at += size) {
      const fin = at + size >= payload.length;
      send.push({ opcode: at === 0 ? opcode : 0, fin, payload: payload.subarray(at, at + size) });
    }
    return echoed(id, opcode, payload, send);
  });
}

/** 9.5, 9.6 */
function increasingChops(prefix: string, opcode: number): AutobahnCase[] {
  return numbered(prefix, [64, 128, 256, 512, KIB, 2 * KIB], (id, chop) => {
    const payload = content(MIB / SCALE, opcode);
    return echoed(id, opcode, payload, [{ opcode, payload, chop }]);
  });
}

/** 9.7, 9.8 */
function roundTrips(prefix: string, opcode: number): AutobahnCase[] {
  return numbered(prefix, [0, 16, 64, 256, KIB, 4 * KIB], (id, size) => ({
    id,
    run: async (port) => {
      const client = await FrameClient.open(port);
      const payload = content(size, opcode);
      const kind = opcode === 1 ? 'text' : 'binary';
      try {
        for (let count = 1; count <= ROUND_TRIPS; count += 1) {
          await client.send({ opcode, payload });
          await client.until(() => client.frames.length >= count);
        }
        await finish(
          client,
          Array.from({ length: ROUND_TRIPS }, () => ({ kind, payload }) as const),
          CLOSED_BY_CLIENT,
        );
      } finally {
        client.socket.destroy();
      }
    },
  }));
}

/** 10.1.1: fragments of 1 300 octets */
const autoFragmented: AutobahnCase = {
  id: '10.1.1',
  run: async (port) => {
    const client = await FrameClient.open(port);
    const payload = content(65_536, 1);
    try {
      for (let at = 0; at < payload.length; at += 1_300) {
        const fin = at + 1_300 >= payload.length;
        await client.send({ opcode: at === 0 ? 1 : 0, fin, payload: payload.subarray(at, at + 1_300) });
      }
      await finish(client, [{ kind: 'text', payload }], CLOSED_BY_CLIENT);
      assert.equal(messagesOf(client.frames).length, 1);
    } finally {
      client.socket.destroy();
    }
  },
};

export const VOLUME_CASES: readonly AutobahnCase[] = [
  ...increasingSize('9.1', 1),
  ...increasingSize('9.2', 2),
  ...increasingFragments('9.3', 1),
  ...increasingFragments('9.4', 2),
  ...increasingChops('9.5', 1),
  ...increasingChops('9.6', 2),
  ...roundTrips('9.7', 1),
  ...roundTrips('9.8', 2),
  autoFragmented,
];
