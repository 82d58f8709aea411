/**
 * The one place where identity is assigned. What an authenticator answers, a static table's included,
 * is hostile input: every part of it is checked here, and by nothing else.
 * Crossbar: "Return value -> principal" (`_assign_principal`), with K1, K2 and K15 mended.
 */
import { type Dict, isDict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import { isUri } from '../wamp/uri.ts';
import { noSuchRole } from './denials.ts';
import { type Accept, type Deny, deny } from './outcome.ts';
import { plainCopy } from './plain-copy.ts';
import { pythonType } from './python-text.ts';
import { withoutReservedKeys } from './reserved-keys.ts';

/** The role of the router's own sessions, which may do everything: no authenticator can assign it (K1). */
const TRUSTED = 'trusted';

/** The most that an `extra` may take: characters, bytes, 8 for each value. */
const EXTRA_SIZE = 1024 * 1024;

const IDENTITY_KEYS: ReadonlySet<string> = new Set(['realm', 'authid', 'role', 'extra']);
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** What holds where the answer says nothing of it. */
export interface Asked {
  /** The realm that the client asked for. */
  readonly realm: string | null;
  /** The authid that the client goes by, or that was made for it. */
  readonly authid: string | null;
  readonly defaultRole: string | null;
}

/** Who the client is. Whether realm and role exist is for the router to say, when the client joins. */
export interface Principal {
  readonly kind: 'principal';
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authextra: Dict | null;
  /**
   * The answer's other keys, for authmethods that prove something by them (`secret`, `salt`, `pubkey` …).
   * Their values are unchecked: each authmethod checks the ones that it reads.
   */
  readonly credentials: Dict;
}

/** Whether a text may be an authid: 1 to 255 characters, no control characters. */
export function isAuthid(text: string): boolean {
  return text.length > 0 && text.length <= LIMITS.authidLength && !UNPRINTABLE.test(text);
}

/**
 * Who the client is by an authenticator's answer: a role, or a dictionary that may hold `realm`,
 * `authid`, `role` and `extra`. A key that is there counts, null too; one that is absent (or undefined)
 * leaves what was asked for.
 *
 * The answer is copied, never kept nor changed (K14).
 */
export function assignPrincipal(answer: unknown, asked: Asked): Principal | Deny {
  if (typeof answer !== 'string' && !isDict(answer)) {
    return failure(`got invalid return type "${pythonType(answer)}" from dynamic authenticator`);
  }
  // Each member is read once: what is checked is what is used, even of an object with getters.
  const said: Dict = typeof answer === 'string' ? { role: answer } : { ...answer };
  const realm = said['realm'] === undefined ? asked.realm : said['realm'];
  const authid = said['authid'] === undefined ? asked.authid : said['authid'];
  const role = said['role'] === undefined ? asked.defaultRole : said['role'];
  if (!isNameOr(realm, isRealmOrRole)) return unusable('realm');
  if (!isNameOr(authid, isAuthid)) return unusable('authid');
  if (!isNameOr(role, isRealmOrRole)) return unusable('role');
  const authextra = checkedExtra(said['extra'] ?? null);
  if (authextra === undefined) return unusable('extra');

  if (!realm) return deny(ERRORS.noSuchRealm.uri, 'no realm assigned');
  if (!authid) return deny(ERRORS.noSuchPrincipal.uri, 'no authid assigned');
  if (!role) return deny(ERRORS.noSuchRole.uri, 'no authrole assigned');
  if (role === TRUSTED) return noSuchRole(realm, role);
  return { kind: 'principal', realm, authid, authrole: role, authextra, credentials: credentialsOf(said) };
}

/** The end of a login: the principal joins, or stays out for the reason that was found. */
export function conclude(principal: Principal | Deny, authmethod: string, authprovider: string): Accept | Deny {
  if (principal.kind === 'deny') return principal;
  const { realm, authid, authrole, authextra } = principal;
  return { kind: 'accept', realm, authid, authrole, authmethod, authprovider, authextra };
}

function isRealmOrRole(text: string): boolean {
  return isUri(text, 'loose') && !UNPRINTABLE.test(text);
}

/** Null and '' are no name; they are told of later, in Crossbar's order. */
function isNameOr(value: unknown, check: (text: string) => boolean): value is string | null {
  return value === null || (typeof value === 'string' && (value === '' || check(value)));
}

/** A copy of `extra`, or undefined where it is no dictionary of plain data. */
function checkedExtra(extra: unknown): Dict | null | undefined {
  if (extra === null) return null;
  if (!isDict(extra)) return undefined;
  try {
    return plainCopy(withoutReservedKeys(extra), EXTRA_SIZE) as Dict;
  } catch {
    return undefined;
  }
}

function credentialsOf(answer: Dict): Dict {
  const credentials = Object.create(null) as Dict;
  for (const key of Object.keys(answer)) {
    if (!IDENTITY_KEYS.has(key)) credentials[key] = answer[key];
  }
  return credentials;
}

function failure(message: string): Deny {
  return deny(ERRORS.authenticationFailed.uri, message);
}

function unusable(key: string): Deny {
  return failure(`got invalid "${key}" from dynamic authenticator`);
}
