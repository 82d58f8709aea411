import { isUtf8 } from 'node:buffer';
import { viewOf } from '../serializers/view.ts';
import type { Framing, Framings } from '../session/connection.ts';
import { Gathered } from './gathered.ts';
import { FrameError, isCloseCode } from './websocket-close.ts';
import { applyMask, maskView } from './websocket-mask.ts';
import { validUntil } from './websocket-utf8.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const RSV1 = 0x40;
const RSV23 = 0x30;
const MASKED = 0x80;
/** Bytes of a control frame's payload, and the longest that the short form of a length holds. */
const SHORT = 125;
const MAX_HEADER = 14;
/** Header of a masked frame with the short form of a length. */
const SHORT_HEADER = 6;
const WHOLE_TEXT = FIN | OPCODE.text;
const WHOLE_BINARY = FIN | OPCODE.binary;
/** Room for the first fragments of a message, in bytes. */
const FIRST_GATHERED = 1024;
const EMPTY = Buffer.alloc(0);

function headerLength(payloadLength: number): number {
  if (payloadLength <= SHORT) return 2;
  return payloadLength <= 0xffff ? 4 : 10;
}

/** Writes the header of an unmasked frame; `first` holds FIN, RSV1 and the opcode. */
function writeHeader(out: Buffer, at: number, first: number, payloadLength: number): void {
  out[at] = first;
  if (payloadLength <= SHORT) {
    out[at + 1] = payloadLength;
  } else if (payloadLength <= 0xffff) {
    out[at + 1] = 126;
    out.writeUInt16BE(payloadLength, at + 2);
  } else {
    out[at + 1] = 127;
    out.writeUInt32BE(Math.floor(payloadLength / 2 ** 32), at + 2);
    out.writeUInt32BE(payloadLength % 2 ** 32, at + 6);
  }
}

function framing(opcode: number): Framing {
  const first = FIN | opcode;
  return {
    maxHeader: 10,
    maxMessage: Number.MAX_SAFE_INTEGER,
    headerLength,
    writeHeader: (out, at, length) => writeHeader(out, at, first, length),
  };
}

/** Whole messages in one unmasked frame each: what a server sends. */
export const WEBSOCKET_FRAMINGS: Framings = { text: framing(OPCODE.text), binary: framing(OPCODE.binary) };

export interface FrameShape {
  readonly opcode: number;
  /** The last frame of its message. */
  readonly fin: boolean;
  /** The first frame of a compressed message. [RFC 7692 6] */
  readonly compressed: boolean;
  /** The masking key, first octet lowest; null: not masked. */
  readonly mask: number | null;
}

/** One frame; the payload is copied, and masked in the copy. */
export function encodeFrame(shape: FrameShape, payload: Buffer): Buffer {
  const start = headerLength(payload.length) + (shape.mask === null ? 0 : 4);
  const frame = Buffer.allocUnsafe(start + payload.length);
  writeHeader(frame, 0, (shape.fin ? FIN : 0) | (shape.compressed ? RSV1 : 0) | shape.opcode, payload.length);
  payload.copy(frame, start);
  if (shape.mask !== null) {
    frame[1]! |= MASKED;
    frame.writeInt32LE(shape.mask | 0, start - 4);
    applyMask(frame, start, frame.length, shape.mask | 0, 0);
  }
  return frame;
}

/** What a parser's frames are for. Byte ranges are valid for the call only, and may be written to. */
export interface FrameHandler {
  /** The largest message accepted now, in bytes; read whenever a frame announces its length. */
  readonly maxMessage: number;
  /** Frames that one message may consist of now. */
  readonly maxFragments: number;
  /** A whole message, put together. `compressed`: still to be inflated, and not yet checked for UTF-8. */
  message(bytes: Buffer, start: number, end: number, text: boolean, compressed: boolean): void;
  ping(bytes: Buffer, start: number, end: number): void;
  pong(bytes: Buffer, start: number, end: number): void;
  /** The peer's close frame; nothing is parsed after it. `code` is null where it gave none. */
  close(code: number | null, reason: string): void;
}

/** Which frames are good. */
export interface FrameRules {
  /** Whether the peer masks its frames: a client must, a server must not. */
  readonly masks: 'always' | 'never' | 'any';
  /** Whether masks are taken off. Only for peers that send a key and do not use it. */
  readonly unmask: boolean;
  /** Whether permessage-deflate has been negotiated. */
  readonly compression: boolean;
  readonly validateUtf8: boolean;
  /** Bytes of one frame's payload. */
  readonly maxFrame: number;
}

/**
 * Makes messages of octets, however they are cut. Small messages are handed on where they lie in the
 * chunk, unmasked in place; others are gathered in one buffer whose final size is known from the
 * first header, or, for fragmented ones, is doubled at most. [RFC 6455 5]
 */
export class FrameParser {
  readonly #handler: FrameHandler;
  readonly #rules: FrameRules;
  /** Whether frames of the most common kind may be read by `#shortMessage`. */
  readonly #shortcut: boolean;
  /** Up to which length, as of the chunk in hand. */
  #shortest = 0;
  #stopped = false;
  #held = false;
  /** What came after the message that is being held for. */
  #rest: Buffer = EMPTY;
  /** The begun header of the next frame. */
  #header: Buffer | null = null;
  #headerBytes = 0;
  /** The frame whose payload is being read. */
  #inFrame = false;
  #opcode = 0;
  #fin = false;
  #mask = 0;
  #length = 0;
  #received = 0;
  /** Where the payload of a control frame in pieces is gathered. */
  #control: Buffer = EMPTY;
  /** The message whose frames are being read. */
  #inMessage = false;
  #text = false;
  #compressed = false;
  #fragments = 0;
  #message: Gathered | null = null;
  #messageBytes = 0;
  /** Up to where the message is good UTF-8. */
  #valid = 0;

  constructor(handler: FrameHandler, rules: FrameRules) {
    this.#handler = handler;
    this.#rules = rules;
    this.#shortcut = rules.masks === 'always' && rules.unmask;
  }

  /**
   * Takes the next octets, `chunk[0, end)`. They may be changed; after the call they are the caller's again.
   * @throws FrameError where the peer broke the protocol or a limit; nothing is parsed after that
   */
  push(chunk: Buffer, end: number = chunk.length): void {
    if (this.#stopped) return;
    if (this.#held) {
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(0, end)]);
      return;
    }
    if (this.#shortcut) this.#shortest = Math.min(SHORT, this.#rules.maxFrame, this.#handler.maxMessage);
    try {
      this.#parse(chunk, end);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Whether `hold` is in force. */
  get held(): boolean {
    return this.#held;
  }

  /** Called by the handler of a message: nothing more is handed on until `resume`. */
  hold(): void {
    this.#held = true;
  }

  /** @throws FrameError as `push` */
  resume(): void {
    this.#held = false;
    const rest = this.#rest;
    this.#rest = EMPTY;
    if (rest.length > 0) this.push(rest);
  }

  /** Ends parsing for good, also from within a handler. */
  stop(): void {
    this.#stopped = true;
    this.#rest = EMPTY;
    this.#message?.release();
    this.#message = null;
  }

  #parse(chunk: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      if (this.#inFrame) at = this.#fill(chunk, at, end);
      else if (this.#headerBytes > 0) at = this.#completeHeader(chunk, at, end);
      else if (this.#isShortMessage(chunk, at, end)) at = this.#shortMessage(chunk, at);
      else {
        const used = this.#readHeader(chunk, at, end);
        if (used === 0) {
          this.#keepHeader(chunk, at, end);
          return;
        }
        at += used;
        if (!this.#inMessage && this.#length <= end - at) at = this.#whole(chunk, at, end);
        else this.#begin();
      }
      if (this.#stopped) return;
      if (this.#held) {
        this.#rest = Buffer.from(chunk.subarray(at, end));
        return;
      }
    }
  }

  /**
   * Whether a whole message lies at `at`: one masked frame of at most 125 octets, not compressed. Most
   * messages are that, and it is known from two octets.
   */
  #isShortMessage(chunk: Buffer, at: number, end: number): boolean {
    if (!this.#shortcut || this.#inMessage || end - at < SHORT_HEADER) return false;
    const first = chunk[at]!;
    if (first !== WHOLE_BINARY && first !== WHOLE_TEXT) return false;
    const length = chunk[at + 1]! - MASKED;
    return length >= 0 && length <= this.#shortest && length <= end - at - SHORT_HEADER;
  }

  #shortMessage(chunk: Buffer, at: number): number {
    const text = chunk[at] === WHOLE_TEXT;
    const start = at + SHORT_HEADER;
    const end = start + chunk[at + 1]! - MASKED;
    const view = viewOf(chunk);
    maskView(view, start, end, view.getInt32(at + 2, true), 0);
    if (text && this.#rules.validateUtf8 && !isUtf8(chunk.subarray(start, end))) throw notUtf8();
    this.#handler.message(chunk, start, end, text, false);
    return end;
  }

  /** Begins a frame that may not be in the chunk as a whole, or that goes to a message of several. */
  #begin(): void {
    this.#received = 0;
    if (this.#opcode < OPCODE.close) this.#reserve();
    else if (this.#control.length === 0) this.#control = Buffer.allocUnsafe(SHORT);
    if (this.#length === 0) this.#complete();
    else this.#inFrame = true;
  }

  #keepHeader(chunk: Buffer, at: number, end: number): void {
    this.#header ??= Buffer.allocUnsafe(MAX_HEADER);
    chunk.copy(this.#header, 0, at, end);
    this.#headerBytes = end - at;
  }

  #completeHeader(chunk: Buffer, at: number, end: number): number {
    const header = this.#header!;
    const before = this.#headerBytes;
    const copied = chunk.copy(header, before, at, Math.min(end, at + MAX_HEADER - before));
    const used = this.#readHeader(header, 0, before + copied);
    if (used === 0) {
      this.#headerBytes = before + copied;
      return end;
    }
    this.#headerBytes = 0;
    const next = at + used - before;
    if (!this.#inMessage && this.#length <= end - next) return this.#whole(chunk, next, end);
    this.#begin();
    return next;
  }

  /** Reads and judges a header. Returns its length; 0 where it is not there as a whole. */
  #readHeader(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return 0;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    const short = second & 0x7f;
    const masked = (second & MASKED) !== 0;
    const lengthEnd = at + (short <= SHORT ? 2 : short === 126 ? 4 : 10);
    const headerEnd = masked ? lengthEnd + 4 : lengthEnd;
    if (end < headerEnd) return 0;
    let length = short;
    if (short === 126) {
      length = bytes.readUInt16BE(at + 2);
      if (length <= SHORT) throw new FrameError(1002, 'a frame length is not in its shortest form');
    } else if (short === 127) {
      const high = bytes.readUInt32BE(at + 2);
      length = high * 2 ** 32 + bytes.readUInt32BE(at + 6);
      if (high > 0x7fffffff) throw new FrameError(1002, 'a frame length has its highest bit set');
      if (length <= 0xffff) throw new FrameError(1002, 'a frame length is not in its shortest form');
    }
    if (masked ? this.#rules.masks === 'never' : this.#rules.masks === 'always') {
      throw new FrameError(1002, masked ? 'a frame is masked' : 'a frame is not masked');
    }
    this.#mask = masked && this.#rules.unmask ? bytes.readInt32LE(headerEnd - 4) : 0;
    this.#opcode = first & 0x0f;
    this.#fin = (first & FIN) !== 0;
    this.#length = length;
    this.#judge(first);
    return headerEnd - at;
  }

  #judge(first: number): void {
    const opcode = this.#opcode;
    if ((first & RSV23) !== 0) throw new FrameError(1002, 'a reserved bit is set');
    const compressed = (first & RSV1) !== 0;
    if (compressed && (!this.#rules.compression || (opcode !== OPCODE.text && opcode !== OPCODE.binary))) {
      throw new FrameError(1002, 'a reserved bit is set');
    }
    if (opcode >= OPCODE.close) {
      if (opcode > OPCODE.pong) throw new FrameError(1002, 'a frame has a reserved opcode');
      if (!this.#fin) throw new FrameError(1002, 'a control frame is fragmented');
      if (this.#length > SHORT) throw new FrameError(1002, 'a control frame is too long');
      return;
    }
    if (opcode === OPCODE.continuation) {
      if (!this.#inMessage) throw new FrameError(1002, 'there is no message to continue');
    } else {
      if (opcode > OPCODE.binary) throw new FrameError(1002, 'a frame has a reserved opcode');
      if (this.#inMessage) throw new FrameError(1002, 'a message begins within another');
      this.#text = opcode === OPCODE.text;
      this.#compressed = compressed;
      this.#fragments = 0;
      this.#messageBytes = 0;
      this.#valid = 0;
    }
    this.#judgeSize();
  }

  #judgeSize(): void {
    if (this.#length > this.#rules.maxFrame) throw new FrameError(1009, 'a frame is too long');
    const { maxMessage, maxFragments } = this.#handler;
    // Data that cannot be compressed grows by it: five octets for each stored block. [RFC 1951 3.2.4]
    const limit = this.#compressed ? maxMessage + (maxMessage >>> 8) + 64 : maxMessage;
    if (this.#messageBytes + this.#length > limit) throw new FrameError(1009, 'a message is too long');
    this.#fragments += 1;
    if (this.#fragments > maxFragments) throw new FrameError(1008, 'a message has too many fragments');
  }

  /** A frame that lies in the chunk as a whole, outside of a fragmented message. */
  #whole(chunk: Buffer, at: number, chunkEnd: number): number {
    const end = at + this.#length;
    if (!this.#fin) {
      this.#begin();
      return this.#inFrame ? this.#fill(chunk, at, chunkEnd) : at;
    }
    if (this.#mask !== 0) maskView(viewOf(chunk), at, end, this.#mask, 0);
    if (this.#opcode >= OPCODE.close) this.#controlFrame(chunk, at, end);
    else {
      if (this.#checksText() && !isUtf8(chunk.subarray(at, end))) throw notUtf8();
      this.#handler.message(chunk, at, end, this.#text, this.#compressed);
    }
    return end;
  }

  /** Makes room for the frame's payload behind what its message has so far. */
  #reserve(): void {
    this.#inMessage = true;
    const needed = this.#messageBytes + this.#length;
    const before = this.#message;
    const room = before === null ? 0 : before.bytes.length;
    if (needed <= room && before !== null) return;
    const doubled = Math.max(needed, 2 * room, FIRST_GATHERED);
    const size = this.#fin ? needed : Math.min(doubled, this.#handler.maxMessage);
    const larger = new Gathered(Math.max(size, needed));
    before?.bytes.copy(larger.bytes, 0, 0, this.#messageBytes);
    before?.release();
    this.#message = larger;
  }

  /** Takes what the chunk has of the frame's payload. */
  #fill(chunk: Buffer, at: number, end: number): number {
    const taken = Math.min(this.#length - this.#received, end - at);
    const isData = this.#opcode < OPCODE.close;
    const target = isData ? this.#message!.bytes : this.#control;
    const start = isData ? this.#messageBytes : this.#received;
    chunk.copy(target, start, at, at + taken);
    applyMask(target, start, start + taken, this.#mask, this.#received);
    this.#received += taken;
    if (isData) {
      this.#messageBytes += taken;
      this.#checkText();
    }
    if (this.#received === this.#length) this.#complete();
    return at + taken;
  }

  /** The frame's payload is there as a whole. */
  #complete(): void {
    this.#inFrame = false;
    if (this.#opcode >= OPCODE.close) {
      this.#controlFrame(this.#control, 0, this.#length);
      return;
    }
    if (!this.#fin) return;
    if (this.#checksText() && this.#valid < this.#messageBytes) throw notUtf8();
    const message = this.#message!;
    this.#message = null;
    this.#inMessage = false;
    try {
      this.#handler.message(message.bytes, 0, this.#messageBytes, this.#text, this.#compressed);
    } finally {
      message.release();
    }
  }

  #checksText(): boolean {
    return this.#text && !this.#compressed && this.#rules.validateUtf8;
  }

  #checkText(): void {
    if (!this.#checksText()) return;
    this.#valid = validUntil(this.#message!.bytes, this.#valid, this.#messageBytes);
    if (this.#valid < 0) throw notUtf8();
  }

  #controlFrame(bytes: Buffer, start: number, end: number): void {
    if (this.#opcode === OPCODE.ping) this.#handler.ping(bytes, start, end);
    else if (this.#opcode === OPCODE.pong) this.#handler.pong(bytes, start, end);
    else this.#closeFrame(bytes, start, end);
  }

  #closeFrame(bytes: Buffer, start: number, end: number): void {
    if (end === start) {
      this.stop();
      this.#handler.close(null, '');
      return;
    }
    if (end - start === 1) throw new FrameError(1002, 'a close frame has half a code');
    const code = bytes.readUInt16BE(start);
    if (!isCloseCode(code)) throw new FrameError(1002, 'a close code is not one that may be sent');
    if (!isUtf8(bytes.subarray(start + 2, end))) throw notUtf8();
    this.stop();
    this.#handler.close(code, bytes.toString('utf8', start + 2, end));
  }
}

function notUtf8(): FrameError {
  return new FrameError(1007, 'a text is not UTF-8');
}
