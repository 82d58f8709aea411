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
import type { OnCheck } from './login-trace.ts';
import { type Accept, type Deny, deny } from './outcome.ts';
import { plainCopy } from './plain-copy.ts';
import { pythonType } from './python-text.ts';
import { withoutReservedKeys } from './reserved-keys.ts';

/** The role of the router's own sessions, which may do everything: no authenticator can assign it (K1). */
const TRUSTED = 'trusted';

/** The most that an `extra` may take: characters, bytes, 8 for each value. */
const EXTRA_SIZE = 1024 * 1024;

const IDENTITY_KEYS: ReadonlySet<string> = new Set(['realm', 'authid', 'role', 'extra']);
/** What would make a name look like another, to whoever reads it in a log or a list, too: text that runs the other way. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

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

/** Whether a text may be an authid: 1 to 255 characters, no control characters, nor those of the direction of text. */
export function isAuthid(text: string): boolean {
  return text.length > 0 && text.length <= LIMITS.authidLength && !UNPRINTABLE.test(text);
}

/** `assignPrincipal`, as an authmethod is given it. */
export type AssignPrincipal = (answer: unknown, asked: Asked) => Principal | Deny;

/**
 * Who the client is by an authenticator's answer: a role, or a dictionary that may hold `realm`,
 * `authid`, `role` and `extra`. A key that is there counts, null too; one that is absent (or undefined)
 * leaves what was asked for.
 *
 * The answer is copied, never kept nor changed (K14).
 * @param onCheck told of each check in its order, up to the first that fails
 */
export function assignPrincipal(answer: unknown, asked: Asked, onCheck: OnCheck = unwatched): Principal | Deny {
  const check = <T>(what: string, value: unknown, usable: T | undefined): T | undefined => {
    onCheck(what, value, usable !== undefined);
    return usable;
  };
  // Each member is read once: what is checked is what is used, even of an object with getters.
  const said = check('the answer is a role or a dictionary', answer, membersOf(answer));
  if (said === undefined) {
    return failure(`got invalid return type "${pythonType(answer)}" from dynamic authenticator`);
  }
  if ((said['challenge'] ?? null) !== null) {
    // Whoever wrote this means to ask for more before the client is in: a role beside it must not let it in.
    check('the answer asks for no second challenge', said['challenge'], undefined);
    return failure('a second challenge is not offered');
  }
  const { realm: ownRealm = asked.realm, authid: ownAuthid = asked.authid, role: ownRole = asked.defaultRole } = said;
  const realm = check('the realm can be one', ownRealm, nameOr(ownRealm, isRealmOrRole));
  if (realm === undefined) return unusable('realm');
  const authid = check('the authid can be one', ownAuthid, nameOr(ownAuthid, isAuthid));
  if (authid === undefined) return unusable('authid');
  const role = check('the role can be one', ownRole, nameOr(ownRole, isRealmOrRole));
  if (role === undefined) return unusable('role');
  const extra = said['extra'] ?? null;
  const authextra = check('"extra" is a dictionary of plain data, or absent', extra, checkedExtra(extra));
  if (authextra === undefined) return unusable('extra');

  const joined = check('a realm is assigned', realm, realm || undefined);
  if (joined === undefined) return deny(ERRORS.noSuchRealm.uri, 'no realm assigned');
  const named = check('an authid is assigned', authid, authid || undefined);
  if (named === undefined) return deny(ERRORS.noSuchPrincipal.uri, 'no authid assigned');
  const authrole = check('a role is assigned', role, role || undefined);
  if (authrole === undefined) return deny(ERRORS.noSuchRole.uri, 'no authrole assigned');
  const own = authrole === TRUSTED;
  if (check("the role is not the router's own", role, own ? undefined : role) === undefined) {
    return noSuchRole(joined, authrole);
  }
  return { kind: 'principal', realm: joined, authid: named, authrole, authextra, credentials: credentialsOf(said) };
}

/** The end of a login: the principal joins, or stays out for the reason that was found. */
export function conclude(principal: Principal | Deny, authmethod: string, authprovider: string): Accept | Deny {
  if (principal.kind === 'deny') return principal;
  const { realm, authid, authrole, authextra } = principal;
  return { kind: 'accept', realm, authid, authrole, authmethod, authprovider, authextra };
}

export function isRealmOrRole(text: string): boolean {
  return isUri(text, 'loose') && !UNPRINTABLE.test(text);
}

/** Null and '' are no name; they are told of later, in Crossbar's order. */
function nameOr(value: unknown, check: (text: string) => boolean): string | null | undefined {
  return value === null || (typeof value === 'string' && (value === '' || check(value))) ? value : undefined;
}

function membersOf(answer: unknown): Dict | undefined {
  if (typeof answer === 'string') return { role: answer };
  return isDict(answer) ? { ...answer } : undefined;
}

function unwatched(): void {}

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
