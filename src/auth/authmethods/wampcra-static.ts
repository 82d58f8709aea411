import type { Dict } from '../../wamp/dict.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { copyOf, EvenTable } from '../even-table.ts';
import type { Salting } from '../key-derivation.ts';
import { isAuthid } from '../principal.ts';
import { CRA_BOUNDS, CraSecret } from './wampcra-secret.ts';

export interface WampCraUser {
  /** With a salt: the derived key, or the password. */
  readonly secret: string;
  /** null: the client signs with the secret itself. */
  readonly salt: string | null;
  /** null: Crossbar's default. No effect without a salt. */
  readonly iterations: number | null;
  /** Bytes; null: Crossbar's default. No effect without a salt. */
  readonly keylen: number | null;
  /** null: the entry's `default-role`. */
  readonly role: string | null;
  /** The only realm for this client, whatever it asks for; null: the one that it asks for (K3). */
  readonly realm: string | null;
}

/** `wampcra` of `type: static`. */
export interface WampCraStatic {
  /** By authid. */
  readonly users: ReadonlyMap<string, WampCraUser>;
}

interface Listed {
  readonly secret: CraSecret;
  readonly identity: Readonly<Dict>;
}

/**
 * An unknown authid is challenged as the user that it resembles is, with a salt of its own and a secret
 * that nobody has. All keys are derived before the first login, so that no login takes longer than another.
 */
export function compileUsers({ users }: WampCraStatic, parts: StaticParts): FindPrincipal {
  const { decoys, keyDerivation } = parts;
  const checked = new Map<string, Checked>();
  for (const [authid, user] of users) checked.set(authid, checkedUser(authid, user));
  const shared = repeated([...checked.values()].flatMap(({ salting }) => salting?.salt ?? []));
  const tableWith = (derived: ReadonlyMap<Checked, string>): EvenTable<Checked, Listed> => {
    return new EvenTable(checked, decoys, (user, isThere) => {
      const { secret = '', salting = null, identity = {} } = user ?? {};
      const keys =
        user !== null && isThere
          ? { secret, derived: derived.get(user) ?? null }
          : { secret: unguessable(parts), derived: salting && unguessable(parts) };
      return { secret: CraSecret.from(keys.secret, salting, keyDerivation, keys.derived), identity: { ...identity } };
    });
  };
  let table = tableWith(new Map());
  const find: FindPrincipal = (authid) => {
    const name = authid ?? '';
    const { entry, isKnown } = table.find(name);
    // Made for everybody, so that the time that it takes tells nothing.
    const like = entry.secret.salting?.salt ?? '';
    const own = decoys.textLike(like, name, 'wampcra salt');
    const salt = copyOf(shared.has(like) || isKnown ? like : own);
    return { ...entry.identity, secret: entry.secret.withSalt(salt) };
  };
  // Anew as a whole: keys that came after their secrets would lie elsewhere than those of stand-ins.
  const prepare = async (): Promise<void> => {
    const derived = new Map<Checked, string>();
    for (const user of checked.values()) {
      if (user.salting === null) continue;
      derived.set(user, await keyDerivation.derive(user.secret, user.salting, new AbortController().signal));
    }
    table = tableWith(derived);
  };
  return Object.assign(find, { prepare });
}

interface Checked {
  readonly secret: string;
  readonly salting: Salting | null;
  readonly identity: Readonly<Dict>;
}

function checkedUser(authid: string, user: WampCraUser): Checked {
  const place = `auth.wampcra.users[${JSON.stringify(authid)}]`;
  const { salt, role, realm } = user;
  if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
  const secret = checkedText(`${place}.secret`, user.secret, CRA_BOUNDS.secret);
  const identity = { ...(role !== null && { role }), ...(realm !== null && { realm }) };
  if (salt === null) return { secret, salting: null, identity };
  const salting = {
    salt: checkedText(`${place}.salt`, salt, CRA_BOUNDS.salt),
    iterations: checkedInteger(`${place}.iterations`, user.iterations, CRA_BOUNDS.iterations),
    keylen: checkedInteger(`${place}.keylen`, user.keylen, CRA_BOUNDS.keylen),
  };
  return { secret, salting, identity };
}

/** A secret that nobody has. */
function unguessable({ random }: StaticParts): string {
  return Buffer.from(random(32)).toString('base64');
}

/** Texts that occur more than once. */
function repeated(texts: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(texts.filter((text) => seen.size === seen.add(text).size));
}

function checkedText(place: string, text: string, most: number): string {
  if (text === '') throw new TypeError(`${place}: must not be empty`);
  if (text.length > most) throw new TypeError(`${place}: must not be longer than ${most} characters`);
  return text;
}

function checkedInteger(
  place: string,
  value: number | null,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const integer = value ?? otherwise;
  if (!Number.isInteger(integer) || integer < least || integer > most) {
    throw new TypeError(`${place}: must be an integer from ${least} to ${most}`);
  }
  return integer;
}
