import { Socket } from 'node:net';

/**
 * As much as is read at once. More than a message of 64 KB with its header: such a one lies in it as a whole, most of
 * the time, and has to be put together nowhere.
 */
const SIZE = 128 * 1024;

/** What all sockets of this thread read into, in turn. */
const BUFFER = Buffer.allocUnsafeSlow(SIZE);

/** Takes octets as they come, in `bytes[0, length)`, which are other octets after the call. */
export type Read = (length: number, bytes: Buffer) => void;

/** What a socket of `net` with the option `onread` has, under symbols of Node's own. */
interface Slots {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** The part of a socket's handle that is of use here. */
interface Handle {
  useUserBuffer?: (buffer: Uint8Array) => void;
}

const SLOTS = findSlots();

/**
 * Lets a socket that is connected already read into a buffer of the thread instead of one of its own for each read. Node
 * allocates 64 KB for each read otherwise, and gives most of it back: a tenth of the cost of short messages, and what V8
 * collects garbage by where they are long. The option `onread` of `net.Socket` does that, but only for sockets that
 * connect; one that a server accepted is given it here, where Node keeps it. `data` is not emitted any more.
 * @returns false where this is no socket with a handle, where something was read already and not taken, or where this Node
 * keeps it elsewhere: then nothing was changed
 */
export function readShared(socket: unknown, read: Read): boolean {
  if (SLOTS === null || !(socket instanceof Socket)) return false;
  // What was read and not taken would be lost.
  if (socket.readableLength > 0) return false;
  const handle = (socket as unknown as { readonly _handle: Handle | null })._handle;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  handle.useUserBuffer(BUFFER);
  const slots = socket as unknown as Record<symbol, unknown>;
  slots[SLOTS.buffer] = BUFFER;
  slots[SLOTS.callback] = read;
  // As a listener of `data` would.
  if (socket.readableFlowing === null) socket.resume();
  return true;
}

function findSlots(): Slots | null {
  const callback = (): boolean => true;
  const probe = new Socket({ onread: { buffer: BUFFER, callback } } as object) as unknown as Record<symbol, unknown>;
  const symbols = Object.getOwnPropertySymbols(probe);
  const buffer = symbols.find((symbol) => probe[symbol] === BUFFER);
  const own = symbols.find((symbol) => probe[symbol] === callback);
  return buffer === undefined || own === undefined ? null : { buffer, callback: own };
}
