import type { DeflateCodec } from './websocket-deflate.ts';
import { encodeFrame, OPCODE } from './websocket-framing.ts';

export interface SenderSettings {
  /** Payload of a frame; longer messages are cut. `Infinity`: never. */
  readonly fragmentSize: number;
  /** Draws a masking key; null: frames are not masked. */
  readonly drawMask: (() => number) | null;
  readonly deflater: DeflateCodec | null;
  /** Shorter messages are not compressed, in bytes. */
  readonly threshold: number;
}

export interface SenderPorts {
  /** Takes finished frames. */
  readonly emit: (frames: Buffer) => void;
  /** A message could not be compressed. */
  readonly fail: (error: Error) => void;
}

interface Outgoing {
  readonly message: Buffer;
  readonly text: boolean;
}

/**
 * Makes frames for the connections whose frames cannot be shared: compressed, masked or cut ones.
 * Messages go out in the order in which they came, though compression takes a while.
 */
export class FrameSender {
  readonly #settings: SenderSettings;
  readonly #ports: SenderPorts;
  #queue: Outgoing[] = [];
  #compressing = false;
  #pending = 0;
  #whenIdle: (() => void) | null = null;

  constructor(settings: SenderSettings, ports: SenderPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** Bytes of messages that wait for compression. */
  get pending(): number {
    return this.#pending;
  }

  /** Sends the messages of `frames`, each behind its length (`LENGTH_FRAMING`). Returns whether `frames` may be reused. */
  write(frames: Buffer, text: boolean): boolean {
    for (let at = 0; at < frames.length; ) {
      const start = at + 4;
      at = start + frames.readUInt32BE(at);
      this.#queue.push({ message: frames.subarray(start, at), text });
      this.#pending += at - start;
    }
    this.#advance();
    return this.#queue.length === 0 && !this.#compressing;
  }

  /** Calls `callback` once everything written has been emitted: now, if that is so. */
  whenIdle(callback: () => void): void {
    if (this.#compressing || this.#queue.length > 0) this.#whenIdle = callback;
    else callback();
  }

  /** Forgets what waits. */
  destroy(): void {
    this.#queue = [];
    this.#pending = 0;
    this.#whenIdle = null;
    this.#settings.deflater?.destroy();
  }

  /** Takes from the queue up to the first message that has to be compressed. */
  #advance(): void {
    if (this.#compressing) return;
    const frames: Buffer[] = [];
    let taken = 0;
    for (const outgoing of this.#queue) {
      taken += 1;
      if (this.#compress(outgoing)) break;
      this.#pending -= outgoing.message.length;
      this.#frame(outgoing.message, outgoing.text, false, frames);
    }
    this.#queue.splice(0, taken);
    if (frames.length > 0) this.#ports.emit(Buffer.concat(frames));
    if (!this.#compressing) this.#becomeIdle();
  }

  #compress({ message, text }: Outgoing): boolean {
    const { deflater, threshold } = this.#settings;
    if (deflater === null || message.length < threshold) return false;
    this.#compressing = true;
    deflater.process(message, Number.POSITIVE_INFINITY, (failure, compressed) => {
      if (failure !== null) {
        this.#ports.fail(failure);
        return;
      }
      this.#compressing = false;
      this.#pending -= message.length;
      const frames: Buffer[] = [];
      this.#frame(compressed, text, true, frames);
      this.#ports.emit(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
      this.#advance();
    });
    return true;
  }

  #frame(message: Buffer, text: boolean, compressed: boolean, into: Buffer[]): void {
    const { fragmentSize, drawMask } = this.#settings;
    let opcode: number = text ? OPCODE.text : OPCODE.binary;
    let at = 0;
    do {
      const end = Math.min(message.length, at + fragmentSize);
      const first = at === 0;
      const shape = {
        opcode,
        fin: end === message.length,
        compressed: compressed && first,
        mask: drawMask?.() ?? null,
      };
      into.push(encodeFrame(shape, message.subarray(at, end)));
      opcode = OPCODE.continuation;
      at = end;
    } while (at < message.length);
  }

  #becomeIdle(): void {
    const callback = this.#whenIdle;
    this.#whenIdle = null;
    callback?.();
  }
}
