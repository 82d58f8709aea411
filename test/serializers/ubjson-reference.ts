import type { Dict } from '../../src/wamp/dict.ts';
import { canonical } from './samples.ts';
import type { Other } from './serializer-suite.ts';

/**
 * UBJSON draft 12 and BJData a second time, as simple as can be: recursive, by `DataView`, one value at a time. It
 * writes what other encoders may write: counts, types and no-ops here and there.
 */
export function referenceUbjson(isBJData: boolean): Other {
  return {
    name: 'the reference',
    encode: (value) => Buffer.concat(encode(value, isBJData)),
    decode: (bytes) => canonical(new Decoder(bytes, isBJData).value()),
    view: (value) => value,
  };
}

function number(
  marker: string,
  width: number,
  isBJData: boolean,
  write: (view: DataView, little: boolean) => void,
): Buffer {
  const bytes = Buffer.alloc(1 + width, marker);
  write(new DataView(bytes.buffer, bytes.byteOffset + 1, width), isBJData);
  return bytes;
}

function integer(value: number | bigint, isBJData: boolean): Buffer {
  const plain = Number(value);
  const is = (bits: number): boolean => plain >= -(2 ** (bits - 1)) && plain < 2 ** (bits - 1);
  if (plain >= 0 && plain < 256) return number('U', 1, isBJData, (view) => view.setUint8(0, plain));
  if (isBJData && plain >= 0) {
    if (plain < 2 ** 16) return number('u', 2, true, (view) => view.setUint16(0, plain, true));
    if (plain < 2 ** 32) return number('m', 4, true, (view) => view.setUint32(0, plain, true));
    return number('M', 8, true, (view) => view.setBigUint64(0, BigInt(value), true));
  }
  if (is(8)) return number('i', 1, isBJData, (view) => view.setInt8(0, plain));
  if (is(16)) return number('I', 2, isBJData, (view, little) => view.setInt16(0, plain, little));
  if (is(32)) return number('l', 4, isBJData, (view, little) => view.setInt32(0, plain, little));
  if (BigInt(value) < 2n ** 63n) {
    return number('L', 8, isBJData, (view, little) => view.setBigInt64(0, BigInt(value), little));
  }
  return Buffer.concat([Buffer.from('H'), sized(String(value), isBJData)]);
}

function sized(text: string | Uint8Array, isBJData: boolean): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return Buffer.concat([integer(bytes.length, isBJData), bytes]);
}

function encode(value: unknown, isBJData: boolean): Buffer[] {
  if (value === null || value === undefined) return [Buffer.from('Z')];
  if (typeof value === 'boolean') return [Buffer.from(value ? 'T' : 'F')];
  if (typeof value === 'bigint') return [integer(value, isBJData)];
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) return [integer(value, isBJData)];
    return [number('D', 8, isBJData, (view, little) => view.setFloat64(0, value, little))];
  }
  if (typeof value === 'string') {
    if (/^[\0-\x7f]$/.test(value)) return [Buffer.from(`C${value}`)];
    return [Buffer.from('S'), sized(value, isBJData)];
  }
  if (value instanceof Uint8Array) return [Buffer.from(isBJData ? '[$B#' : '[$U#'), sized(value, isBJData)];
  if (Array.isArray(value)) return encodeList(value, isBJData);
  return encodeDict(value as Dict, isBJData);
}

function encodeList(list: readonly unknown[], isBJData: boolean): Buffer[] {
  const items = list.flatMap((item) => encode(item, isBJData));
  switch (list.length % 4) {
    case 1:
      return [Buffer.from('[#'), integer(list.length, isBJData), ...items];
    case 2: {
      if (!list.every((item) => typeof item === 'number' && item < 0 && item >= -128 && Number.isInteger(item))) break;
      return [
        Buffer.from('[$i#'),
        integer(list.length, isBJData),
        Buffer.from(Int8Array.from(list as number[]).buffer),
      ];
    }
    case 3:
      if (list.length < 100) return [Buffer.from('[N'), ...items, Buffer.from('N]')];
  }
  return [Buffer.from('['), ...items, Buffer.from(']')];
}

function encodeDict(dict: Dict, isBJData: boolean): Buffer[] {
  const entries = dict instanceof Map ? [...(dict as Map<string, unknown>)] : Object.entries(dict);
  const given = entries.filter(([, member]) => member !== undefined);
  const items = given.flatMap(([key, member]) => [sized(key, isBJData), ...encode(member, isBJData)]);
  if (given.length % 3 === 1) return [Buffer.from('{#'), integer(given.length, isBJData), ...items];
  return [Buffer.from('{'), ...items, Buffer.from('}')];
}

class Decoder {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Buffer, isBJData: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#little = isBJData;
  }

  value(): unknown {
    return this.#value(this.#marker());
  }

  #marker(): string {
    return String.fromCharCode(this.#view.getUint8(this.#at++));
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length < length) throw new RangeError('ends too early');
    this.#at += length;
    return taken;
  }

  #number(width: number, read: (at: number, little: boolean) => number | bigint): number | bigint {
    this.#at += width;
    return read(this.#at - width, this.#little);
  }

  #length(): number {
    return Number(this.value());
  }

  #value(marker: string): unknown {
    const view = this.#view;
    switch (marker) {
      case 'Z':
        return null;
      case 'T':
      case 'F':
        return marker === 'T';
      case 'U':
      case 'B':
        return this.#number(1, (at) => view.getUint8(at));
      case 'i':
        return this.#number(1, (at) => view.getInt8(at));
      case 'I':
        return this.#number(2, (at, little) => view.getInt16(at, little));
      case 'u':
        return this.#number(2, (at, little) => view.getUint16(at, little));
      case 'l':
        return this.#number(4, (at, little) => view.getInt32(at, little));
      case 'm':
        return this.#number(4, (at, little) => view.getUint32(at, little));
      case 'L':
        return this.#number(8, (at, little) => view.getBigInt64(at, little));
      case 'M':
        return this.#number(8, (at, little) => view.getBigUint64(at, little));
      case 'D':
        return this.#number(8, (at, little) => view.getFloat64(at, little));
      case 'H':
        return BigInt(this.#take(this.#length()).toString());
      case 'C':
        return this.#take(1).toString();
      case 'S':
        return this.#text();
      case '[':
        return this.#list();
      case '{':
        return this.#dict();
      default:
        throw new RangeError(`the reference does not know the marker ${marker}`);
    }
  }

  #text(): string {
    return this.#take(this.#length()).toString();
  }

  /** Whether the next byte is that marker, which is then passed. No-ops before it are passed in any case. */
  #passes(marker: string): boolean {
    while (this.#bytes[this.#at] === 0x4e) this.#at++;
    if (this.#bytes[this.#at] !== marker.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  #list(): unknown {
    const type = this.#passes('$') ? this.#marker() : null;
    const count = this.#passes('#') ? this.#length() : null;
    if (type === (this.#little ? 'B' : 'U')) return this.#take(count ?? 0);
    const list: unknown[] = [];
    while (count === null ? !this.#passes(']') : list.length < count) list.push(this.#value(type ?? this.#marker()));
    return list;
  }

  #dict(): unknown {
    const count = this.#passes('#') ? this.#length() : null;
    const dict = new Map<string, unknown>();
    for (let done = 0; count === null ? !this.#passes('}') : done < count; done++) dict.set(this.#text(), this.value());
    return dict;
  }
}
