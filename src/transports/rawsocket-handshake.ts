/**
 * RawSocket's handshake as functions on its four octets: `0x7F`, `LLLLSSSS`, two reserved ones.
 * L says that the sender takes messages of up to 2^(9+L) bytes, S is the serializer; a refusal has
 * S = 0 and the error in place of L. [WAMP: RawSocket Transport, Handshake]
 */
import { RAWSOCKET_NUMBERS } from '../serializers/protocols.ts';
import type { SerializerId } from '../serializers/serializer.ts';

export const MAGIC = 0x7f;
export const HANDSHAKE_LENGTH = 4;

/** Bounds of what a side may announce to take, in bytes. */
const MIN_MESSAGE_SIZE = 512;
export const MAX_MESSAGE_SIZE = 2 ** 24;

export const HandshakeError = {
  serializerUnsupported: 1,
  lengthUnacceptable: 2,
  reservedBits: 3,
  tooManyConnections: 4,
} as const;

export type HandshakeError = (typeof HandshakeError)[keyof typeof HandshakeError];

const ERROR_TEXTS: readonly (string | undefined)[] = [
  undefined,
  'serializer unsupported',
  'maximum message length unacceptable',
  'use of reserved bits',
  'maximum connection count reached',
];

const SERIALIZER_IDS: ReadonlyMap<number, SerializerId> = new Map(
  (Object.keys(RAWSOCKET_NUMBERS) as SerializerId[]).map((id) => [RAWSOCKET_NUMBERS[id], id]),
);

/** What the two sides agreed on. */
export interface Agreement {
  readonly kind: 'agreed';
  readonly serializer: SerializerId;
  /** What the other side takes, in bytes. */
  readonly maxMessageSize: number;
}

/** The exponent L that announces at least `size` bytes (as Crossbar, sizes between are rounded up). @throws RangeError outside 512 bytes to 16 MiB */
export function sizeExponent(size: number): number {
  if (!(size >= MIN_MESSAGE_SIZE && size <= MAX_MESSAGE_SIZE)) {
    throw new RangeError(`the largest RawSocket message must be 512 bytes to 16 MiB, not ${size}`);
  }
  return Math.ceil(Math.log2(size)) - 9;
}

/** How many bytes an exponent announces. */
export function announcedSize(exponent: number): number {
  return 2 ** (9 + exponent);
}

/** A client's request, or a router's reply that accepts one. */
export function handshakeOctets(serializer: SerializerId, exponent: number): Buffer {
  return Buffer.from([MAGIC, (exponent << 4) | RAWSOCKET_NUMBERS[serializer], 0, 0]);
}

/** A router's refusal. */
export function errorOctets(error: HandshakeError): Buffer {
  return Buffer.from([MAGIC, error << 4, 0, 0]);
}

/** Reads a client's request (its first octet is known to be `0x7F`): what is agreed, or why not. */
export function readRequest(octets: Buffer, offered: ReadonlySet<SerializerId>): Agreement | HandshakeError {
  const [, second = 0, third, fourth] = octets;
  if (third !== 0 || fourth !== 0) return HandshakeError.reservedBits;
  const serializer = SERIALIZER_IDS.get(second & 0x0f);
  if (serializer === undefined || !offered.has(serializer)) return HandshakeError.serializerUnsupported;
  return { kind: 'agreed', serializer, maxMessageSize: announcedSize(second >>> 4) };
}

/** Reads a router's reply to a request for `asked`: what is agreed, or a sentence on why there is no connection. */
export function readReply(octets: Buffer, asked: SerializerId): Agreement | string {
  const [, second = 0, third, fourth] = octets;
  if ((second & 0x0f) === 0) {
    const error = second >>> 4;
    return `the router refused the connection: ${ERROR_TEXTS[error] ?? 'unknown error'} (error ${error})`;
  }
  if (third !== 0 || fourth !== 0) return 'the router set reserved bits in its handshake';
  if ((second & 0x0f) !== RAWSOCKET_NUMBERS[asked]) return 'the router chose another serializer than asked for';
  return { kind: 'agreed', serializer: asked, maxMessageSize: announcedSize(second >>> 4) };
}
