/**
 * A WAMP dictionary: Options, Details, a role's features, `authextra` …
 *
 * Decoded dictionaries have no prototype, so a peer's `__proto__` or `constructor` is plain data
 * and a missing key is `undefined`.
 */
export type Dict = { [key: string]: unknown };

/** The empty dictionary that most messages carry; shared and frozen, so that it costs nothing. */
export const EMPTY: Dict = Object.freeze(Object.create(null) as Dict);

/** Whether a decoded value is a dictionary (not a list, not binary, not null). */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
