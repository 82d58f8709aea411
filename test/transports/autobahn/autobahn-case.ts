import assert from 'node:assert/strict';
import { FrameClient, type Step, type WireFrame } from './frame-client.ts';

/** What the echo must send back: a message, put together, or a pong. */
export interface Expected {
  readonly kind: 'text' | 'binary' | 'pong';
  readonly payload: Buffer;
}

/**
 * How a case ends.
 * - `client`: the client closes once it has all that is expected; the server answers 1000 and ends TCP
 * - `server`: the server closes on its own, with one of these codes
 * - `answered`: the steps hold a close frame; the server answers with one of these codes, or (`drop`) may just end TCP
 */
export type Ending =
  | { readonly by: 'client' }
  | { readonly by: 'server'; readonly codes: readonly number[] }
  | { readonly by: 'answered'; readonly codes: readonly number[]; readonly drop: boolean };

/** One case of the Autobahn|Testsuite, under its number there. */
export interface AutobahnCase {
  readonly id: string;
  readonly run: (port: number) => Promise<void>;
}

export interface PlainCase {
  readonly send: readonly Step[];
  readonly expect: readonly Expected[];
  readonly ending: Ending;
}

export const text = (payload: string | Buffer): Expected => ({ kind: 'text', payload: Buffer.from(payload as Buffer) });
export const binary = (payload: Buffer): Expected => ({ kind: 'binary', payload });
export const pong = (payload: string | Buffer): Expected => ({ kind: 'pong', payload: Buffer.from(payload as Buffer) });

export const CLOSED_BY_CLIENT: Ending = { by: 'client' };
export const PROTOCOL_ERROR: Ending = { by: 'server', codes: [1002] };
export const INVALID_PAYLOAD: Ending = { by: 'server', codes: [1007] };

/** A case that sends frames and looks at what comes back. */
export function plainCase(id: string, { send, expect, ending }: PlainCase): AutobahnCase {
  return {
    id,
    run: async (port) => {
      const client = await FrameClient.open(port);
      try {
        await client.send(...send);
        await finish(client, expect, ending);
      } finally {
        client.socket.destroy();
      }
    },
  };
}

/** Waits for what is expected, lets the connection end in the given way, and compares. */
export async function finish(client: FrameClient, expect: readonly Expected[], ending: Ending): Promise<void> {
  if (ending.by === 'client') {
    await client.until(() => messagesOf(client.frames).length >= expect.length);
    await client.send({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) });
  }
  await client.untilEnded();
  assertReceived(messagesOf(client.frames), expect);
  const close = client.closeFrame;
  if (close === undefined) {
    assert.ok(ending.by === 'answered' && ending.drop, 'the server ended TCP without a close frame');
    return;
  }
  assert.equal(client.frames.at(-1), close, 'something came after the close frame');
  assert.ok(close.payload.length >= 2, 'the close frame has no code');
  const codes = ending.by === 'client' ? [1000] : ending.codes;
  assert.ok(codes.includes(close.payload.readUInt16BE(0)), `the close code was ${close.payload.readUInt16BE(0)}`);
}

function assertReceived(actual: readonly Expected[], expected: readonly Expected[]): void {
  const show = ({ kind, payload }: Expected): string => `${kind} ${payload.length} ${payload.toString('hex', 0, 40)}`;
  assert.deepEqual(actual.map(show), expected.map(show));
  for (const [at, { payload }] of expected.entries())
    assert.ok(actual[at]?.payload.equals(payload), `payload ${at} differs`);
}

/** Puts frames together. */
export function messagesOf(frames: readonly WireFrame[]): Expected[] {
  const messages: Expected[] = [];
  let parts: WireFrame[] = [];
  for (const frame of frames) {
    if (frame.opcode === 10) messages.push(pong(frame.payload));
    if (frame.opcode > 2) continue;
    parts.push(frame);
    if (!frame.fin) continue;
    const payload = Buffer.concat(parts.map((part) => part.payload));
    messages.push({ kind: parts[0]?.opcode === 1 ? 'text' : 'binary', payload });
    parts = [];
  }
  return messages;
}

/** Numbers from 1, as the suite counts. */
export function numbered<Row>(
  prefix: string,
  rows: readonly Row[],
  make: (id: string, row: Row) => AutobahnCase,
): AutobahnCase[] {
  return rows.map((row, index) => make(`${prefix}.${index + 1}`, row));
}
