import { putUint32, putUint64 } from '../src/serializers/big-endian.ts';
import type { FormatId } from '../src/serializers/serializer.ts';
import { BJDATA, type Dialect, DRAFT_12 } from '../src/serializers/ubjson-dialect.ts';

/** How a serializer writes the request id of a message, as short as it can be. */
export interface RequestIdFormat {
  /** Bytes that an id of 1..2^53 takes. */
  width(id: number): number;
  /** Writes it. */
  put(out: Buffer, at: number, id: number): void;
  /** Where the first integer after the code begins, in a message of that code. */
  offset(code: number): number;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}

const JSON_IDS: RequestIdFormat = {
  width: digitsOf,
  put(out, at, id) {
    let rest = id;
    for (let position = at + digitsOf(id) - 1; position >= at; position--) {
      const tens = Math.floor(rest / 10);
      out[position] = 0x30 + (rest - tens * 10);
      rest = tens;
    }
  },
  // "[", the code, ","
  offset: (code) => 2 + digitsOf(code),
};

/**
 * MessagePack and CBOR write integers alike: small ones in one byte, others behind a byte that says
 * whether 1, 2, 4 or 8 bytes follow.
 */
function binaryIds(firstLong: number, prefix: number): RequestIdFormat {
  const width = (id: number): number => {
    if (id < firstLong) return 1;
    if (id < 0x100) return 2;
    if (id < 0x10000) return 3;
    return id < 0x100000000 ? 5 : 9;
  };
  return {
    width,
    put(out, at, id) {
      if (id < firstLong) {
        out[at] = id;
      } else if (id < 0x100) {
        out[at] = prefix;
        out[at + 1] = id;
      } else if (id < 0x10000) {
        out[at] = prefix + 1;
        out[at + 1] = id >>> 8;
        out[at + 2] = id;
      } else if (id < 0x100000000) {
        out[at] = prefix + 2;
        putUint32(out, at + 1, id);
      } else {
        out[at] = prefix + 3;
        putUint64(out, at + 1, id);
      }
    },
    offset: (code) => 1 + width(code),
  };
}

/** UBJSON in front of each integer says its form. */
function ubjsonIds(dialect: Dialect): RequestIdFormat {
  const scratch = Buffer.alloc(9);
  const width = (id: number): number => dialect.putInteger(scratch, 0, id);
  return {
    width,
    put(out, at, id) {
      dialect.putInteger(out, at, id);
    },
    offset: (code) => 1 + width(code),
  };
}

export const REQUEST_IDS: Readonly<Record<FormatId, RequestIdFormat>> = {
  json: JSON_IDS,
  msgpack: binaryIds(0x80, 0xcc),
  cbor: binaryIds(24, 0x18),
  ubjson: ubjsonIds(BJDATA),
  ubjson12: ubjsonIds(DRAFT_12),
};
