/**
 * The words that the schema of the configuration is written in: each says in one phrase what was
 * expected, so that a problem reads "expected …, got …" wherever it occurs.
 */
import * as z from 'zod';
import { closest } from './closest.ts';

/** `<module>#<export>`, or Crossbar's `<module>.<export>`. */
const MODULE_EXPORT = /^(?:[^#]+#[^#]+|[^#]+\.[A-Za-z_$][\w$]*)$/;

/** Unknown keys that are named one by one, per object. Stops a file of nothing but unknown keys from filling the screen. */
const NAMED_UNKNOWN_KEYS = 20;

/** Node-internal ids. Crossbar: `check_id`. */
const ID = /^[a-z][a-z0-9_]{2,63}$/;

/** Separates the problems of several unknown keys in one issue of the schema. */
export const ISSUE_SEPARATOR = '\n';

/** What a schema gives when defaults are filled in. Nobody may change it: it is frozen. */
export type Config<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

export function flag() {
  return z.boolean({ error: 'expected true or false' });
}

export function text(what = 'a string') {
  return z.string({ error: `expected ${what}` });
}

export function nonEmpty(what = 'a string that is not empty') {
  const error = `expected ${what}`;
  return z.string({ error }).min(1, { error });
}

export function pattern(regex: RegExp, what: string) {
  const error = `expected ${what}`;
  return z.string({ error }).regex(regex, { error });
}

export function moduleExport(example: string) {
  return pattern(MODULE_EXPORT, `a module and its export, such as "${example}"`);
}

/** @param unit such as ` ms`, with its space */
export function integer(min: number, max: number, unit = '') {
  const error =
    max === Number.MAX_SAFE_INTEGER
      ? `expected an integer of at least ${min}${unit}`
      : `expected an integer from ${min} to ${max}${unit}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Milliseconds, where 0 means off. Crossbar: values below 1000 are refused as a mistake of the unit. */
export function millisecondsOrOff() {
  return zeroOr(1000, Number.MAX_SAFE_INTEGER, 'expected milliseconds as an integer: 0 for off, or at least 1000');
}

export function zeroOr(min: number, max: number, error: string) {
  // Each option carries the text: the library reports the one that came nearest.
  const number = z.int({ error }).min(min, { error }).max(max, { error });
  return z.union([z.literal(0, { error }), number], { error });
}

/**
 * One of a few words.
 * @param refused words that Crossbar knows and this router does not take, with the reason
 */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  refused: ReadonlyMap<string, string> = new Map(),
) {
  return z.enum(words, {
    error: ({ input }) => (typeof input === 'string' && refused.get(input)) || `expected one of ${quoted(words)}`,
  });
}

export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `expected a list of ${what}` });
}

export function mapOf<Value extends z.ZodType>(value: Value, what: string) {
  return z.record(z.string(), value, { error: `expected an object of ${what}` });
}

/** An object with these keys and no others. */
export function strict<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, Object.keys(shape)) : `expected ${what} (an object)`,
  });
}

/**
 * One of several kinds of object, told apart by `type`.
 * @param refused types that Crossbar knows and this router does not take, with the reason
 */
export function byType<
  const Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(what: string, types: readonly string[], options: Options, refused: ReadonlyMap<string, string> = new Map()) {
  return z.discriminatedUnion('type', options, {
    error: ({ code, input }) => {
      if (code !== 'invalid_union') return `expected ${what} (an object with "type")`;
      const type: unknown = (input as { type?: unknown }).type;
      return (typeof type === 'string' && refused.get(type)) || `expected one of ${quoted(types)}`;
    },
  });
}

/** A key that Crossbar knows and this router does not take: its presence is a problem, and the text says why. */
export function refused(reason: string) {
  return z.never({ error: reason }).exactOptional().describe(`Refused: ${reason}.`);
}

export function idText() {
  return pattern(ID, 'an id of 3 to 64 characters from a-z, 0-9 and _, beginning with a letter');
}

/** The id of an item; without one it gets a running number when the whole file has been read. */
export function id(prefix: string) {
  return idText()
    .optional()
    .transform((given) => given ?? '')
    .describe(`Name of the item in logs and in the management API. Default: \`${prefix}001\`, \`${prefix}002\` …`);
}

function unknownKeys(unknown: readonly string[], known: readonly string[]): string {
  return unknown
    .slice(0, NAMED_UNKNOWN_KEYS)
    .map((key) => {
      const meant = closest(key, known);
      return meant === null
        ? `unknown key; expected one of ${known.join(', ')}`
        : `unknown key; did you mean "${meant}"?`;
    })
    .join(ISSUE_SEPARATOR);
}
