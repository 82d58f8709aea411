import { isDict } from './dict.ts';

/** What stands in place of a secret. */
export const MASKED = '‹masked›';

/** Keys whose values are secrets, or stand for one: credentials, cookies, what proves something. */
const SECRET_KEY =
  /secret|ticket|passw|pass-?phrase|(?:^|[_-])pin$|token|otp|cookie|cbtid|authorization|private|credential|api-?key|(?:stored|server)-key|^signature$/i;

/** Deeper than any dictionary of a login. */
const DEEPEST = 16;

/**
 * A copy of a value to be shown to people: secrets are masked by their keys, bytes are counted, and what is no
 * plain data is named by its type.
 */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `‹${typeof value}›`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `‹${value.length} bytes›`;
  if (depth === DEEPEST) return '‹…›';
  if (Array.isArray(value)) return value.map((member) => masked(member, depth + 1));
  // The prepared credentials of a table.
  if (!isDict(value)) return MASKED;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isSecret(key, member) ? MASKED : masked(member, depth + 1)]),
  );
}

/** The texts that stand under the key of a secret. */
export function secretTexts(value: unknown): string[] {
  const found: string[] = [];
  // Whatever is added meanwhile is looked at as well, once.
  const holders = new Set([value]);
  for (const holder of holders) {
    if (!Array.isArray(holder) && !isDict(holder)) continue;
    for (const [key, member] of Object.entries(holder)) {
      if (typeof member === 'object') holders.add(member);
      else if (typeof member === 'string' && isSecret(key, member)) found.push(member);
    }
  }
  return found;
}

function isSecret(key: string, member: unknown): boolean {
  return SECRET_KEY.test(key) && member !== null && member !== undefined && typeof member !== 'boolean';
}
