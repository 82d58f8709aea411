import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';
import { readRecurringText, textOf } from './text.ts';
import { fits64Bits, type ValueSink } from './value-sink.ts';
import { violation } from './violation.ts';

/**
 * Builds JavaScript values of what it is told. Maps become objects without prototype, binary becomes
 * a Buffer of its own, integers beyond 2^53 become bigints, those beyond 64 bits floats.
 */
export class ValueBuilder implements ValueSink {
  readonly #ofEnvelope: boolean;
  /** The containers around the current one, and the keys at which they go on. */
  readonly #outer: (unknown[] | Dict | null)[] = [];
  readonly #outerKeys: string[] = [];
  #depth = 0;
  #list: unknown[] | null = null;
  #dict: Dict | null = null;
  #key = '';
  #value: unknown = null;
  #values = 0;

  /**
   * @param ofEnvelope whether it builds Options and Details: a key that comes twice, or more than
   *   `LIMITS.dictionary` values, are a violation then; else the last key counts
   */
  constructor(ofEnvelope: boolean) {
    this.#ofEnvelope = ofEnvelope;
  }

  /** The value that was told, and a clean start for the next. */
  take(): unknown {
    const value = this.#value;
    this.reset();
    return value;
  }

  /** Forgets what was told since the last `take`. */
  reset(): void {
    this.#value = null;
    this.#values = 0;
    this.#list = null;
    this.#dict = null;
    // What was interrupted must not be kept alive.
    while (this.#depth > 0) this.#outer[--this.#depth] = null;
  }

  null(): void {
    this.#add(null);
  }

  boolean(value: boolean): void {
    this.#add(value);
  }

  integer(value: number): void {
    this.#add(value);
  }

  bigInteger(value: bigint): void {
    // No bigint that `encode` would refuse.
    this.#add(fits64Bits(value) ? value : Number(value));
  }

  float(value: number): void {
    this.#add(value);
  }

  text(bytes: Buffer, start: number, end: number): void {
    this.#add(textOf(bytes, start, end));
  }

  binary(bytes: Buffer, start: number, end: number): void {
    this.#add(Buffer.from(bytes.subarray(start, end)));
  }

  beginArray(): void {
    const list: unknown[] = [];
    this.#enter(list);
    this.#list = list;
    this.#dict = null;
  }

  endArray(): void {
    this.#leave();
  }

  beginMap(): void {
    const dict = Object.create(null) as Dict;
    this.#enter(dict);
    this.#list = null;
    this.#dict = dict;
  }

  key(bytes: Buffer, start: number, end: number): void {
    // The bytes were checked, so there always is a text.
    this.#key = readRecurringText(bytes, start, end) ?? '';
    if (this.#ofEnvelope && this.#dict !== null && this.#dict[this.#key] !== undefined) {
      throw violation('a key comes twice in one dictionary');
    }
  }

  endMap(): void {
    this.#leave();
  }

  #add(value: unknown): void {
    if (++this.#values > LIMITS.dictionary && this.#ofEnvelope) throw violation('holds too many values');
    if (this.#dict !== null) this.#dict[this.#key] = value;
    else if (this.#list !== null) this.#list.push(value);
    else this.#value = value;
  }

  #enter(container: unknown[] | Dict): void {
    this.#add(container);
    this.#outer[this.#depth] = this.#dict ?? this.#list;
    this.#outerKeys[this.#depth] = this.#key;
    this.#depth++;
  }

  #leave(): void {
    const depth = --this.#depth;
    const around = this.#outer[depth] ?? null;
    this.#outer[depth] = null;
    this.#key = this.#outerKeys[depth] ?? '';
    this.#list = Array.isArray(around) ? around : null;
    this.#dict = Array.isArray(around) ? null : around;
  }
}
