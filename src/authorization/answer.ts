import { type Dict, isDict } from '../wamp/dict.ts';
import type { Authorization } from './authorizer.ts';

/** What an authorizer decided, and whether it may be remembered. */
export interface Answer {
  readonly authorization: Authorization;
  readonly cache: boolean;
}

const KEYS: ReadonlySet<string> = new Set(['allow', 'cache', 'disclose', 'validate']);

/** Characters of a key that are quoted. */
const QUOTED = 40;

/** Nothing was decided: nothing is allowed, and nothing is remembered. */
export function failed(failure: string): Authorization {
  return { allow: false, disclose: false, failure };
}

/**
 * Reads what an authorizer answered: true or false, or a dictionary of `allow` and, if wanted, `cache`,
 * `disclose` and `validate`. It is hostile input: anything else is no decision. Texts: Crossbar 1b.3.
 */
export function readAnswer(answer: unknown): Answer {
  if (typeof answer === 'boolean') return { authorization: { allow: answer, disclose: false }, cache: false };
  if (!isDict(answer)) return undecided(`Authorizer returned unknown type '${typeName(answer)}'`);
  for (const key of Object.keys(answer)) {
    if (!KEYS.has(key)) return undecided(`Authorizer returned unknown key '${key.slice(0, QUOTED)}'`);
  }
  // Own members only: a function's answer may have a prototype.
  const own = (key: string): unknown => (Object.hasOwn(answer, key) ? (answer as Dict)[key] : undefined);
  const [allow, cache = false, disclose = false, validate = {}] = ['allow', 'cache', 'disclose', 'validate'].map(own);
  if (allow === undefined) return undecided("Authorizer must have 'allow' in returned dict");
  if (typeof allow !== 'boolean') return undecided("Authorizer must have bool for 'allow'");
  if (typeof cache !== 'boolean') return undecided("Authorizer must have bool for 'cache'");
  if (typeof disclose !== 'boolean') return undecided("Authorizer must have bool for 'disclose'");
  if (!isDict(validate)) return undecided("Authorizer must have dict for 'validate'");
  // Whoever asks for it relies on it, and no payload is checked here.
  if (Object.keys(validate).length > 0) return undecided("Authorizer returned 'validate', but there is no inventory");
  return { authorization: { allow, disclose }, cache };
}

function undecided(failure: string): Answer {
  return { authorization: failed(failure), cache: false };
}

/** The name of a value's type in Python, as Crossbar's texts have it. */
function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (Array.isArray(value)) return 'list';
  return value instanceof Uint8Array ? 'bytes' : typeof value;
}
