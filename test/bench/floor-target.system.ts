import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { floorMissing, startFloor } from '../../bench/floor-target.ts';
import { RAWSOCKET } from '../../bench/link-framing.ts';
import type { RunningRouter } from '../../bench/target.ts';

const HANDSHAKE = Buffer.from([0x7f, 0xf2, 0, 0]);
/** More than the system keeps for two sockets, so that the floor has to. */
const FRAMES = 400;
const SIZE = 64 * 1024;

function frames(letter: string): readonly Buffer[] {
  return Array.from({ length: FRAMES }, (_, at) => RAWSOCKET.encode(Buffer.alloc(SIZE, `${letter}${at} `), false));
}

/** Reads so many bytes; the socket is paused before and afterwards. */
async function read(socket: Socket, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = 0;
  while (have < size) {
    const chunk = socket.read(Math.min(size - have, socket.readableLength)) as Buffer | null;
    if (chunk === null) {
      await once(socket, 'readable');
      continue;
    }
    chunks.push(chunk);
    have += chunk.length;
  }
  return Buffer.concat(chunks);
}

describe('the floor', { skip: floorMissing() ?? false, timeout: 60_000 }, () => {
  let floor: RunningRouter;
  const sockets: Socket[] = [];
  before(async () => {
    floor = await startFloor(null);
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await floor.stop();
  });

  async function open(...first: readonly Buffer[]): Promise<Socket> {
    const { hostname: host, port } = new URL(floor.urls.rawsocket ?? '');
    const socket = connect({ host, port: Number(port) });
    sockets.push(socket);
    for (const bytes of [HANDSHAKE, ...first]) {
      socket.write(bytes);
      assert.deepEqual(await read(socket, bytes.length), bytes);
    }
    return socket;
  }

  const join = (role: string): Promise<Socket> => open(RAWSOCKET.encode(Buffer.from(role), false));

  test('an echo gives all bytes back, also to one that reads late', async () => {
    const socket = await open();
    const sent = Buffer.concat(frames('e'));
    socket.write(sent);
    await once(socket, 'readable');
    assert.ok((await read(socket, sent.length)).equals(sent));
  });

  test('all subscribers get whole frames of all publishers, also one that reads late', async () => {
    const [early, late] = [await join('s'), await join('s')];
    const publishers = [await join('p'), await join('p')];
    const sent = [frames('a'), frames('b')];
    for (const [index, publisher] of publishers.entries()) publisher.write(Buffer.concat(sent[index] ?? []));
    const size = 2 * FRAMES * (4 + SIZE);
    const received = await read(early, size);
    assert.ok((await read(late, size)).equals(received));
    const found: Buffer[][] = [[], []];
    for (let at = 0; at < size; at += 4 + SIZE)
      found[received[at + 4] === 'a'.charCodeAt(0) ? 0 : 1]?.push(received.subarray(at, at + 4 + SIZE));
    for (const [index, all] of found.entries())
      assert.ok(Buffer.concat(all).equals(Buffer.concat(sent[index] ?? [])), `of publisher ${index}`);
  });

  test('what does not begin with the handshake is ended', async () => {
    const { hostname: host, port } = new URL(floor.urls.rawsocket ?? '');
    const socket = connect({ host, port: Number(port) });
    sockets.push(socket);
    socket.resume().end('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
  });
});
