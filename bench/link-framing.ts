import { randomInt } from 'node:crypto';
import { FRAME_MESSAGE, FRAME_PING, FRAME_PONG, writeFrameHeader } from '../src/transports/rawsocket-framing.ts';
import { encodeFrame, OPCODE } from '../src/transports/websocket-framing.ts';

/** What comes of the frames of a router. Ranges are valid for the call only. */
export interface FrameTarget {
  message(bytes: Buffer, start: number, end: number): void;
  /** The router pings; `pong` is the whole frame that answers. */
  ping(pong: Buffer): void;
  /** The router ends the connection. */
  closed(reason: string): void;
}

/** Frames of one transport, seen from a client. */
export interface LinkFraming {
  /** The key that all frames are masked with, its first octet lowest; 0: they are not. */
  readonly mask: number;
  /** One message in a frame of its own, masked. */
  encode(message: Buffer, text: boolean): Buffer;
  /** Bytes of the frame at `at`, header included; 0 where its header is not there as a whole. */
  frameSize(bytes: Buffer, at: number, end: number): number;
  /** Hands on the whole frame in `bytes[at, end)`. @throws RangeError for what the load does not take */
  deliver(bytes: Buffer, at: number, end: number, target: FrameTarget): void;
}

/** Masks are there so that pages cannot forge requests to proxies; for a load, one key that is no zero costs the router the same. */
const MASK = randomInt(1, 2 ** 31) | 0x01010101;

const FIN_AND_RSV = 0xf0;
const FIN = 0x80;

function webSocketHeader(bytes: Buffer, at: number): number {
  const short = bytes[at + 1] as number;
  if (short < 126) return 2;
  return short === 126 ? 4 : 10;
}

export const WEBSOCKET: LinkFraming = {
  mask: MASK,
  encode(message, text) {
    return encodeFrame(
      { opcode: text ? OPCODE.text : OPCODE.binary, fin: true, compressed: false, mask: MASK },
      message,
    );
  },
  frameSize(bytes, at, end) {
    if (end - at < 2) return 0;
    const short = bytes[at + 1] as number;
    if (short < 126) return 2 + short;
    if (short > 127) throw new RangeError('the router masks its frames');
    if (end - at < (short === 126 ? 4 : 10)) return 0;
    return short === 126 ? 4 + bytes.readUInt16BE(at + 2) : 10 + Number(bytes.readBigUInt64BE(at + 2));
  },
  deliver(bytes, at, end, target) {
    const first = bytes[at] as number;
    if ((first & FIN_AND_RSV) !== FIN)
      throw new RangeError('the router fragments or compresses: the bench reads neither');
    const start = at + webSocketHeader(bytes, at);
    switch (first & 0x0f) {
      case OPCODE.text:
      case OPCODE.binary:
        target.message(bytes, start, end);
        return;
      case OPCODE.ping: {
        const payload = Buffer.from(bytes.subarray(start, end));
        target.ping(encodeFrame({ opcode: OPCODE.pong, fin: true, compressed: false, mask: MASK }, payload));
        return;
      }
      case OPCODE.close: {
        const code = end - start < 2 ? 'without a code' : `with code ${bytes.readUInt16BE(start)}`;
        target.closed(`the router closed the WebSocket ${code} ${bytes.toString('utf8', start + 2, end)}`.trimEnd());
        return;
      }
      default:
        return;
    }
  },
};

const RAWSOCKET_HEADER = 4;
const TYPE_BITS = 0x07;

function rawSocketFrame(type: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(RAWSOCKET_HEADER + payload.length);
  writeFrameHeader(frame, 0, type, payload.length);
  payload.copy(frame, RAWSOCKET_HEADER);
  return frame;
}

export const RAWSOCKET: LinkFraming = {
  mask: 0,
  encode: (message) => rawSocketFrame(FRAME_MESSAGE, message),
  frameSize(bytes, at, end) {
    return end - at < RAWSOCKET_HEADER ? 0 : RAWSOCKET_HEADER + (bytes.readUInt32BE(at) & 0xffffff);
  },
  deliver(bytes, at, end, target) {
    const type = (bytes[at] as number) & TYPE_BITS;
    const start = at + RAWSOCKET_HEADER;
    if (type === FRAME_MESSAGE) target.message(bytes, start, end);
    else if (type === FRAME_PING) target.ping(rawSocketFrame(FRAME_PONG, Buffer.from(bytes.subarray(start, end))));
  },
};
