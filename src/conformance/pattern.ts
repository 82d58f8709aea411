import { isDeepStrictEqual } from 'node:util';
import { isDict } from '../wamp/dict.ts';
import { isId } from '../wamp/ids.ts';
import { isUri } from '../wamp/uri.ts';
import type { Scope } from './scope.ts';

const isText = (value: unknown): value is string => typeof value === 'string';

/** The name of an attribute, predefined or of an implementation. [WAMP: Extensibility] */
const ATTRIBUTE = /^(?:[a-z][a-z\d_]{2,}|_[a-z\d_]{3,})$/;

/** Placeholders of expected messages. */
const PLACEHOLDERS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['*', () => true],
  ['<id>', isId],
  ['<int>', Number.isInteger],
  ['<bool>', (value: unknown) => typeof value === 'boolean'],
  ['<string>', isText],
  ['<uri>', (value: unknown) => isText(value) && isUri(value, 'loose')],
  ['<time>', (value: unknown) => isText(value) && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))],
  ['<32 bytes>', (value: unknown) => isText(value) && /^[\da-f]{64}$/i.test(value)],
  ['<list>', Array.isArray],
  ['<dict>', isDict],
  ['<attributes>', (value: unknown) => isDict(value) && Object.keys(value).every((key) => ATTRIBUTE.test(key))],
  ['<absent>', (value: unknown) => value === undefined || value === null],
]);

/** How dictionaries are compared: `open` ones may have further keys. */
type Openness = 'open' | 'exact';

/**
 * Compares what came with what was expected, and remembers what `$names` teach.
 * @returns null where it matches, else what does not, in words
 */
export function mismatch(expected: unknown, actual: unknown, scope: Scope, openness: Openness): string | null {
  if (typeof expected === 'string') return mismatchText(expected, actual, scope);
  if (Array.isArray(expected)) return mismatchList(expected, actual, scope, openness);
  if (!isDict(expected)) return Object.is(expected, actual) ? null : differs(expected, actual);
  const [key = ''] = Object.keys(expected);
  if (key.startsWith('<')) return mismatchOperator(key, expected[key], actual, scope, openness);
  return mismatchDict(expected, actual, scope, openness);
}

function mismatchText(expected: string, actual: unknown, scope: Scope): string | null {
  const placeholder = PLACEHOLDERS.get(expected);
  if (placeholder !== undefined) return placeholder(actual) ? null : differs(expected, actual);
  if (!expected.startsWith('$')) return scope.uri(expected) === actual ? null : differs(scope.uri(expected), actual);
  const name = expected.slice(1);
  const known = scope.get(name);
  if (known !== undefined)
    return isDeepStrictEqual(known, actual) ? null : differs(`${show(known)} (${expected})`, actual);
  if (actual === undefined) return differs(expected, actual);
  scope.set(name, actual);
  return null;
}

function mismatchList(expected: unknown[], actual: unknown, scope: Scope, openness: Openness): string | null {
  if (!Array.isArray(actual)) return differs(expected, actual);
  if (expected.length !== actual.length) return `${expected.length} elements expected, got ${show(actual)}`;
  for (const [at, item] of expected.entries()) {
    const fault = mismatch(item, actual[at], scope, openness);
    if (fault !== null) return `[${at}] ${fault}`;
  }
  return null;
}

function mismatchDict(
  expected: Readonly<Record<string, unknown>>,
  actual: unknown,
  scope: Scope,
  openness: Openness,
): string | null {
  if (!isDict(actual)) return differs(expected, actual);
  for (const [key, item] of Object.entries(expected)) {
    const fault = mismatch(item, Object.hasOwn(actual, key) ? actual[key] : undefined, scope, openness);
    if (fault !== null) return `${key}: ${fault}`;
  }
  if (openness === 'open') return null;
  const further = Object.keys(actual).find((key) => !Object.hasOwn(expected, key));
  return further === undefined ? null : `${further}: not expected, got ${show(actual[further])}`;
}

/** `{"<one of>": […]}` and the like. @throws Error on an unknown one: the scenario is wrong */
function mismatchOperator(
  operator: string,
  operand: unknown,
  actual: unknown,
  scope: Scope,
  openness: Openness,
): string | null {
  const alternatives = Array.isArray(operand) ? operand : [];
  switch (operator) {
    case '<binary>':
      return Buffer.isBuffer(actual) && actual.toString('hex') === operand
        ? null
        : differs(`binary ${operand}`, actual);
    case '<json>':
      return mismatch(operand, parsed(actual), scope, 'open');
    case '<begins>':
      return isText(actual) && actual.startsWith(scope.uri(String(operand))) ? null : differs(`${operand}…`, actual);
    case '<one of>':
      return alternatives.some((item) => mismatch(item, actual, scope, openness) === null)
        ? null
        : differs(`one of ${show(operand)}`, actual);
    case '<not>':
      return mismatch(operand, actual, scope, openness) === null ? `not ${show(operand)} expected, got it` : null;
    case '<has>':
      return mismatch(operand, actual, scope, 'open');
    case '<ends>': {
      const tail = Array.isArray(actual) ? actual.slice(-alternatives.length) : actual;
      return mismatch(alternatives, tail, scope, openness);
    }
    case '<set>':
    case '<includes>':
      return mismatchMembers(operator, alternatives, actual, scope);
    case '<excludes>': {
      if (!Array.isArray(actual)) return differs('a list', actual);
      const found = alternatives.find((item) =>
        actual.some((member) => mismatch(item, member, scope, 'exact') === null),
      );
      return found === undefined ? null : `${show(found)} is in the list, and must not be`;
    }
    default:
      throw new Error(`the scenario has an unknown operator ${operator}`);
  }
}

function mismatchMembers(operator: string, wanted: unknown[], actual: unknown, scope: Scope): string | null {
  if (!Array.isArray(actual)) return differs('a list', actual);
  if (operator === '<set>' && actual.length !== wanted.length) return differs(`the members ${show(wanted)}`, actual);
  const missing = wanted.find((item) => !actual.some((member) => mismatch(item, member, scope, 'exact') === null));
  return missing === undefined ? null : `${show(missing)} is missing in ${show(actual)}`;
}

/** What a text of JSON says; nothing, where it is none. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function differs(expected: unknown, actual: unknown): string {
  return `${typeof expected === 'string' ? expected : show(expected)} expected, got ${show(actual)}`;
}

const LONGEST = 300;

/** A value for people: JSON as far as it goes, not too long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '?';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
