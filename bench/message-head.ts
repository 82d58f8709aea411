import { uint16At, uint32At, uint64At } from '../src/serializers/big-endian.ts';
import type { FormatId } from '../src/serializers/serializer.ts';
import { BJDATA, type Dialect, DRAFT_12 } from '../src/serializers/ubjson-dialect.ts';
import { Kind } from '../src/serializers/ubjson-format.ts';

/** Code and first integer of a message: all that the load needs of most of them. */
export class MessageHead {
  code = 0;
  /** 0 where the message does not go on with an integer, or is none. */
  id = 0;
}

/**
 * Reads the head of the message at `at`. Nothing else is looked at or checked: a load generator that
 * checked all it received would measure itself.
 */
export type ReadHead = (bytes: Buffer, at: number, into: MessageHead) => void;

const SPACE = 0x20;
const COMMA = 0x2c;
const ZERO = 0x30;

/** Reads digits into `id`; returns where they end. */
function jsonInteger(bytes: Buffer, start: number, into: MessageHead): number {
  let at = start;
  while (bytes[at] === SPACE) at++;
  let value = 0;
  for (;;) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    at++;
  }
  into.id = value;
  return at;
}

function jsonHead(bytes: Buffer, start: number, into: MessageHead): void {
  let at = jsonInteger(bytes, start + 1, into);
  into.code = into.id;
  while (bytes[at] === SPACE) at++;
  if (bytes[at] === COMMA) jsonInteger(bytes, at + 1, into);
  else into.id = 0;
}

function msgpackInteger(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return first;
  switch (first) {
    case 0xcc:
    case 0xd0:
      return bytes[at + 1] as number;
    case 0xcd:
    case 0xd1:
      return uint16At(bytes, at + 1);
    case 0xce:
    case 0xd2:
      return uint32At(bytes, at + 1);
    case 0xcf:
    case 0xd3:
      return uint64At(bytes, at + 1);
    case 0xcb:
      return bytes.readDoubleBE(at + 1);
    default:
      return 0;
  }
}

/** Bytes of an integer by its first. Codes fit in one byte; some encoders write all integers in two, or in nine. */
const MSGPACK_WIDTHS: ReadonlyMap<number, number> = new Map([
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
  [0xd0, 2],
  [0xd1, 3],
  [0xd2, 5],
  [0xd3, 9],
]);

function msgpackHead(bytes: Buffer, start: number, into: MessageHead): void {
  const at = start + (bytes[start] === 0xdc ? 3 : 1);
  const first = bytes[at] as number;
  into.code = msgpackInteger(bytes, at);
  into.id = msgpackInteger(bytes, at + (first < 0x80 ? 1 : (MSGPACK_WIDTHS.get(first) ?? 1)));
}

function cborInteger(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 24) return first;
  switch (first) {
    case 0x18:
      return bytes[at + 1] as number;
    case 0x19:
      return uint16At(bytes, at + 1);
    case 0x1a:
      return uint32At(bytes, at + 1);
    case 0x1b:
      return uint64At(bytes, at + 1);
    case 0xfb:
      return bytes.readDoubleBE(at + 1);
    default:
      return 0;
  }
}

function cborHead(bytes: Buffer, start: number, into: MessageHead): void {
  const at = start + (bytes[start] === 0x98 ? 2 : 1);
  into.code = cborInteger(bytes, at);
  into.id = cborInteger(bytes, at + (bytes[at] === 0x18 ? 2 : 1));
}

function ubjsonHead(dialect: Dialect): ReadHead {
  const integer = (bytes: Buffer, at: number): number =>
    dialect.kinds[bytes[at]!] === Kind.integer ? dialect.sizeAt(bytes, at + 1, bytes[at]!) : 0;
  return (bytes, start, into) => {
    into.code = integer(bytes, start + 1);
    into.id = integer(bytes, start + 2 + dialect.widths[bytes[start + 1]!]!);
  };
}

const READERS: Readonly<Record<FormatId, ReadHead>> = {
  json: jsonHead,
  msgpack: msgpackHead,
  cbor: cborHead,
  ubjson: ubjsonHead(BJDATA),
  ubjson12: ubjsonHead(DRAFT_12),
};

export function headReader(serializer: FormatId): ReadHead {
  return READERS[serializer];
}
