/** One failed login, and how long each of the router's answers took. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Dict } from '../../src/wamp/dict.ts';

/** What a client says that does not get in. */
export interface Guess {
  readonly authmethod: string;
  readonly authid: string | null;
  readonly authextra: Dict | null;
  /** Answers CHALLENGE.Extra, wrongly. */
  readonly answer: (extra: Dict) => string;
}

/** Microseconds: HELLO → CHALLENGE, AUTHENTICATE → ABORT. */
export type Durations = readonly [challenge: number, abort: number];

const ROLES = { caller: {} };
/** RawSocket, JSON, messages of up to 16 MiB. */
const GREETING = Buffer.from([0x7f, 0xf1, 0, 0]);

function frame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/**
 * Over a Unix socket: no network is quieter, so none shows more.
 * @throws Error where the login ends in another way than after a challenge, or succeeds
 */
export async function guess(path: string, { authmethod, authid, authextra, answer }: Guess): Promise<Durations> {
  const socket = connect(path);
  let received: Buffer = Buffer.alloc(0);
  let wake: () => void = () => {};
  let at = 0;
  socket.on('data', (data: Buffer) => {
    at = performance.now();
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    wake();
  });
  const ended = new Promise<never>((_, reject) => {
    socket.once('close', () => reject(new Error('the router ended the connection')));
    socket.once('error', reject);
  });
  ended.catch(() => {});
  const take = async (size: number): Promise<Buffer> => {
    while (received.length < size) {
      const more = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([more, ended]);
    }
    const taken = received.subarray(0, size);
    received = received.subarray(size);
    return taken;
  };
  /** The answer to a message, and the time that it took. */
  const asked = async (message: Buffer): Promise<[unknown[], number]> => {
    const before = performance.now();
    socket.write(message);
    const size = (await take(4)).readUInt32BE(0);
    const body = await take(size);
    return [JSON.parse(body.toString()) as unknown[], (at - before) * 1000];
  };
  try {
    await once(socket, 'connect');
    socket.write(GREETING);
    await take(4);
    const details = { roles: ROLES, authmethods: [authmethod], authid, authextra };
    const said = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
    const [challenge, toChallenge] = await asked(frame([1, 'realm1', said]));
    if (challenge[0] !== 4) throw new Error(`no challenge: ${JSON.stringify(challenge)}`);
    const [abort, toAbort] = await asked(frame([5, answer(challenge[2] as Dict), {}]));
    if (abort[0] !== 3) throw new Error(`no refusal: ${JSON.stringify(abort)}`);
    return [toChallenge, toAbort];
  } finally {
    socket.destroy();
  }
}
