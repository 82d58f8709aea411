/**
 * RawSocket's frames as a state machine over bytes; no socket in it. [WAMP: RawSocket Transport, Framing]
 *
 * A frame is `RRRRXTTT` and a length of 24 bits, then the payload: R reserved and zero, T the type,
 * X the 25th bit of the length (set for exactly 16 MiB). Crossbar and Autobahn read the four octets as
 * one number of 32 bits: the same, for messages below 16 MiB.
 */
import type { Framing } from '../session/connection.ts';
import { Gathered } from './gathered.ts';

export const FRAME_MESSAGE = 0;
export const FRAME_PING = 1;
export const FRAME_PONG = 2;

/** The largest payload of a frame: 16 MiB. */
export const MAX_FRAME = 2 ** 24;
/** The largest payload of a PING or PONG that is taken. The specification has no bound; we have to answer with as much. */
export const MAX_PING = 64 * 1024;

const HEADER_LENGTH = 4;
const TYPE_BITS = 0x07;
const EXTRA_BIT = 0x08;
const RESERVED_BITS = 0xf0;

/** Writes the header of a frame at `at`. @throws RangeError beyond 16 MiB, which no header can say */
export function writeFrameHeader(out: Buffer, at: number, type: number, length: number): void {
  if (length > MAX_FRAME) throw new RangeError(`a RawSocket frame holds ${MAX_FRAME} bytes at most, not ${length}`);
  out[at] = length === MAX_FRAME ? type | EXTRA_BIT : type;
  out[at + 1] = length >>> 16;
  out[at + 2] = length >>> 8;
  out[at + 3] = length;
}

export const RAWSOCKET_FRAMING: Framing = {
  maxHeader: HEADER_LENGTH,
  maxMessage: MAX_FRAME,
  headerLength: () => HEADER_LENGTH,
  writeHeader: (out, at, messageLength) => writeFrameHeader(out, at, FRAME_MESSAGE, messageLength),
};

/** Who gets the frames. The ranges are valid during the call only. */
export interface FrameSink {
  /** The largest message accepted now; read whenever a header is complete. */
  readonly maxReceive: number;
  /** False as soon as nothing more is wanted: the reader stops in the middle of a chunk. */
  readonly open: boolean;
  message(bytes: Buffer, start: number, end: number): void;
  ping(bytes: Buffer, start: number, end: number): void;
  pong(bytes: Buffer, start: number, end: number): void;
}

/** Why a connection has to be failed. */
export type FrameViolation = 'reserved bits' | 'unknown frame type' | 'message too long' | 'ping too long';

/**
 * Cuts a stream into frames. A frame that lies whole in a chunk is handed out as a range of it; of
 * one that does not, the final size is allocated once, after the length has been checked.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  /** What of a header has come. */
  #header = 0;
  #headerBytes = 0;
  /** The frame that is being gathered, and its type. */
  #type = FRAME_MESSAGE;
  #body: Gathered | null = null;
  #length = 0;
  #filled = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes of the stream, `chunk[0, end)`. After a violation it must not be called again. */
  read(chunk: Buffer, end: number = chunk.length): FrameViolation | null {
    let at = this.#body === null ? 0 : this.#gather(chunk, 0, end);
    while (at < end && this.#sink.open) {
      let header: number;
      if (this.#headerBytes === 0 && end - at >= HEADER_LENGTH) {
        header = (chunk[at]! << 24) | (chunk[at + 1]! << 16) | (chunk[at + 2]! << 8) | chunk[at + 3]!;
        at += HEADER_LENGTH;
      } else {
        this.#header = (this.#header << 8) | chunk[at++]!;
        if (++this.#headerBytes < HEADER_LENGTH) continue;
        header = this.#header;
        this.#headerBytes = 0;
      }
      const first = header >>> 24;
      const type = first & TYPE_BITS;
      const length = (header & 0xff_ff_ff) + ((first & EXTRA_BIT) === 0 ? 0 : MAX_FRAME);
      const violation = this.#check(first, type, length);
      if (violation !== null) return violation;
      if (end - at >= length) {
        this.#deliver(type, chunk, at, at + length);
        at += length;
      } else {
        this.#type = type;
        this.#body = new Gathered(length);
        this.#length = length;
        this.#filled = 0;
        at = this.#gather(chunk, at, end);
      }
    }
    return null;
  }

  #check(first: number, type: number, length: number): FrameViolation | null {
    if ((first & RESERVED_BITS) !== 0 || length > MAX_FRAME) return 'reserved bits';
    if (type === FRAME_MESSAGE) return length > this.#sink.maxReceive ? 'message too long' : null;
    if (type > FRAME_PONG) return 'unknown frame type';
    return length > MAX_PING ? 'ping too long' : null;
  }

  /** Adds to the frame that is being gathered; returns how far the chunk has been used. */
  #gather(chunk: Buffer, at: number, end: number): number {
    const body = this.#body!;
    const used = Math.min(this.#length - this.#filled, end - at);
    chunk.copy(body.bytes, this.#filled, at, at + used);
    this.#filled += used;
    if (this.#filled === this.#length) {
      this.#body = null;
      try {
        if (this.#sink.open) this.#deliver(this.#type, body.bytes, 0, this.#length);
      } finally {
        body.release();
      }
    }
    return at + used;
  }

  #deliver(type: number, bytes: Buffer, start: number, end: number): void {
    if (type === FRAME_MESSAGE) this.#sink.message(bytes, start, end);
    else if (type === FRAME_PING) this.#sink.ping(bytes, start, end);
    else this.#sink.pong(bytes, start, end);
  }
}
