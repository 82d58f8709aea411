/**
 * Values as Python writes them: Crossbar's texts quote them in this form, and clients and log watchers
 * match those texts.
 */
import { SEVERAL_RESULTS } from '../wamp/roles.ts';

/** Texts are cut at 1 KiB anyway: nothing longer is built, whatever a peer sent. */
const ENOUGH = 2048;
const DEPTH = 8;

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escaped(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.slice(0, ENOUGH).replaceAll('\\', '\\\\').replace(UNPRINTABLE, escaped);
  return `${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}`;
}

function joined(items: Iterable<unknown>, write: (item: unknown) => string): string {
  let text = '';
  for (const item of items) {
    if (text.length > ENOUGH) break;
    text += text === '' ? write(item) : `, ${write(item)}`;
  }
  return text;
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || depth === 0) return '...';
  if (Array.isArray(value)) return `[${joined(value, (item) => written(item, depth - 1))}]`;
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  const dict = value as { readonly [key: string]: unknown };
  const pair = (key: unknown): string => `${quoted(key as string)}: ${written(dict[key as string], depth - 1)}`;
  return `{${joined(Object.keys(dict), pair)}}`;
}

/** `repr(value)`: strings are quoted. Binary is told by its length only. */
export function pythonRepr(value: unknown): string {
  return written(value, DEPTH);
}

/** `str(value)`: a string is itself. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `str(type(value))`, such as `<class 'NoneType'>`. */
export function pythonType(value: unknown): string {
  return `<class '${typeName(value)}'>`;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'function') return 'function';
  if (value === SEVERAL_RESULTS) return 'autobahn.wamp.types.CallResult';
  if (Array.isArray(value)) return 'list';
  return value instanceof Uint8Array ? 'bytes' : 'object';
}
