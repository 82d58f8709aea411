import { ByteWriter } from './byte-writer.ts';
import { escapesIn, escapeText } from './json-text.ts';
import type { ValueWriter } from './value-sink.ts';

/** What begins a string that is binary: the quote, and an escaped NUL. */
const BINARY_PREFIX = '"\\u0000';

/** Base64 is made in pieces, so that no string of the whole arises. A multiple of three, so that only the last is padded. */
const BASE64_PIECE: number = 3 * 4096;

/** Writes values as compact JSON; several told one after another with a comma between. */
export class JsonWriter implements ValueWriter {
  readonly #out = new ByteWriter();
  /** Whether a value came before, in the container that is open. */
  #follows = false;

  take(): Buffer {
    this.#follows = false;
    return this.#out.take();
  }

  reset(): void {
    this.#follows = false;
    this.#out.reset();
  }

  encoded(bytes: Buffer): void {
    this.#separate();
    this.#out.copy(bytes, 0, bytes.length);
  }

  null(): void {
    this.#word('null');
  }

  boolean(value: boolean): void {
    this.#word(value ? 'true' : 'false');
  }

  integer(value: number): void {
    this.#word(String(value));
  }

  bigInteger(value: bigint): void {
    this.#word(String(value));
  }

  /** A float stays one where its value is an integer: 1.0, -0.0. NaN and infinities, which JSON lacks, are null. */
  float(value: number): void {
    if (!Number.isFinite(value)) {
      this.#word('null');
      return;
    }
    const digits = Object.is(value, -0) ? '-0' : String(value);
    this.#word(Number.isInteger(value) && Math.abs(value) < 1e21 ? `${digits}.0` : digits);
  }

  text(bytes: Buffer, start: number, end: number): void {
    this.#separate();
    this.#string(bytes, start, end);
  }

  binary(bytes: Buffer, start: number, end: number): void {
    this.#separate();
    const out = this.#out;
    out.ascii(BINARY_PREFIX);
    for (let at = start; at < end; at += BASE64_PIECE) {
      out.ascii(bytes.toString('base64', at, Math.min(at + BASE64_PIECE, end)));
    }
    out.ascii('"');
  }

  beginArray(): void {
    this.#open(0x5b);
  }

  endArray(): void {
    this.#close(0x5d);
  }

  beginMap(): void {
    this.#open(0x7b);
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.text(bytes, start, end);
    this.#out.reserve(1);
    this.#out.put(0x3a);
    this.#follows = false;
  }

  endMap(): void {
    this.#close(0x7d);
  }

  #separate(): void {
    if (this.#follows) {
      this.#out.reserve(1);
      this.#out.put(0x2c);
    }
    this.#follows = true;
  }

  #word(word: string): void {
    this.#separate();
    this.#out.ascii(word);
  }

  #string(bytes: Buffer, start: number, end: number): void {
    const out = this.#out;
    const extra = escapesIn(bytes, start, end);
    out.reserve(end - start + extra + 2);
    out.put(0x22);
    if (extra === 0) out.copy(bytes, start, end);
    else out.length = escapeText(bytes, start, end, out.bytes, out.length);
    out.put(0x22);
  }

  #open(bracket: number): void {
    this.#separate();
    this.#out.reserve(1);
    this.#out.put(bracket);
    this.#follows = false;
  }

  #close(bracket: number): void {
    this.#out.reserve(1);
    this.#out.put(bracket);
    this.#follows = true;
  }
}
