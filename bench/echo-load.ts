import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { msgpack } from '../src/serializers/msgpack.ts';
import { Msg } from '../src/wamp/messages.ts';
import { encodeMessage } from './encode-message.ts';
import { Link } from './link.ts';
import { RAWSOCKET } from './link-framing.ts';
import { forEachOf } from './load.ts';
import { cpuOf } from './process-usage.ts';

/** As the callers of `calls-16x16-rawsocket`, and what they send. */
const LINKS = 16;
const IN_FLIGHT = 16;
const MESSAGE = encodeMessage(msgpack, Msg.CALL, { id: 1_000, text: 'com.example.procedure', args: ['x'.repeat(50)] });

export interface EchoTimes {
  /** Seconds. */
  readonly warmUp: number;
  readonly seconds: number;
}

/**
 * What a frame costs that goes to the echo, or comes from it: CPU of its process, in microseconds.
 * @returns null where CPU cannot be read here
 */
export async function measureEcho(port: number, pid: number, { warmUp, seconds }: EchoTimes): Promise<number | null> {
  let echoed = 0;
  let ended: string | null = null;
  const links = await forEachOf(LINKS, async () => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.on('error', () => {});
    await once(socket, 'connect');
    const link = new Link(socket, msgpack, RAWSOCKET, (self) => ({
      message() {
        echoed += 1;
        self.send(MESSAGE);
      },
      ended(reason) {
        ended = reason;
      },
    }));
    socket.on('data', (chunk) => link.read(chunk, 0, chunk.length));
    return link;
  });
  try {
    for (const link of links) for (let at = 0; at < IN_FLIGHT; at++) link.send(MESSAGE);
    await sleep(warmUp * 1_000);
    const before = cpuOf([pid]);
    echoed = 0;
    await sleep(seconds * 1_000);
    const after = cpuOf([pid]);
    if (ended !== null) throw new Error(`the echo ended: ${ended}`);
    if (echoed === 0) throw new Error('nothing came back from the echo');
    return before === null || after === null ? null : (after - before) / (2 * echoed);
  } finally {
    for (const link of links) link.drop();
  }
}
