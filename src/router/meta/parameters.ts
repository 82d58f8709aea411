/**
 * The parameters of the router's own procedures: declared once, and checked before a procedure runs.
 * Each may be given by position or by its name, as in Crossbar.
 */
import { type Dict, isDict } from '../../wamp/dict.ts';
import { ERRORS, WampError } from '../../wamp/errors.ts';
import { isId } from '../../wamp/ids.ts';
import { isUri, type UriCheck } from '../../wamp/uri.ts';

export interface Parameter<Value> {
  readonly name: string;
  /** Completes "must be …". */
  readonly expected: string;
  /** Where it may be left out, or null: what it is then. */
  readonly optional: boolean;
  accepts(value: unknown): boolean;
  /** Never there: ties the parameter to the type that its procedure gets. */
  readonly type?: Value;
}

/** The values that a procedure with these parameters gets. */
export type ValuesOf<Parameters extends readonly Parameter<unknown>[]> = {
  -readonly [At in keyof Parameters]: Parameters[At] extends Parameter<infer Value> ? Value : never;
};

const isString = (value: unknown): boolean => typeof value === 'string';

export function id(name: string): Parameter<number> {
  return { name, expected: 'an id (an integer from 1 to 2^53)', optional: false, accepts: isId };
}

export function string(name: string): Parameter<string> {
  return { name, expected: 'a string', optional: false, accepts: isString };
}

/** @param from the least that it may be */
export function integer(name: string, from: number): Parameter<number> {
  const accepts = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= from;
  return { name, expected: `an integer of at least ${from}`, optional: false, accepts };
}

export function boolean(name: string): Parameter<boolean> {
  return { name, expected: 'true or false', optional: false, accepts: (value) => typeof value === 'boolean' };
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** A time as text. */
export function time(name: string): Parameter<string> {
  const accepts = (value: unknown): boolean =>
    typeof value === 'string' && RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
  return { name, expected: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)', optional: false, accepts };
}

export function strings(name: string): Parameter<readonly string[]> {
  const accepts = (value: unknown): boolean => Array.isArray(value) && value.every(isString);
  return { name, expected: 'a list of strings', optional: false, accepts };
}

export function list(name: string): Parameter<readonly unknown[]> {
  return { name, expected: 'a list', optional: false, accepts: Array.isArray };
}

export function dict(name: string): Parameter<Dict> {
  return { name, expected: 'a dictionary', optional: false, accepts: isDict };
}

/** May be left out, or be null: then the procedure gets null. */
export function optional<Value>(parameter: Parameter<Value>): Parameter<Value | null> {
  return { ...parameter, optional: true };
}

function refuse(text: string): never {
  throw new WampError(ERRORS.invalidArgument.uri, [text]);
}

/** @throws WampError `wamp.error.invalid_uri` where it is none */
export function requireUri(uri: string, check: UriCheck, what: string): void {
  if (!isUri(uri, check)) throw new WampError(ERRORS.invalidUri.uri, [`${what} must be a URI`]);
}

/**
 * The values of a call, in the order of the parameters.
 * @throws WampError `wamp.error.invalid_argument` with a sentence that names the parameter
 */
export function readArguments(
  uri: string,
  parameters: readonly Parameter<unknown>[],
  args: readonly unknown[],
  kwargs: Dict,
): unknown[] {
  if (args.length > parameters.length) {
    refuse(`${uri} takes at most ${parameters.length} argument${parameters.length === 1 ? '' : 's'}`);
  }
  const named = new Map(Object.entries(kwargs));
  const values = parameters.map(({ name, expected, optional: mayMiss, accepts }, at) => {
    const byName = named.get(name);
    if (named.delete(name) && at < args.length) refuse(`${uri}: "${name}" is given twice`);
    const value = (at < args.length ? args[at] : byName) ?? null;
    if (value === null && mayMiss) return null;
    if (!accepts(value)) refuse(`${uri}: "${name}" must be ${expected}`);
    return value;
  });
  const [unknown] = named.keys();
  if (unknown !== undefined) refuse(`${uri} takes no argument of the name ${JSON.stringify(unknown.slice(0, 64))}`);
  return values;
}
