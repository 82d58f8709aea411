import type { Dict } from '../../wamp/dict.ts';
import { isEd25519Key } from '../../wamp/ed25519-key.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { type AuthDetails, AuthenticationError } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { privateKeyOf, publicKeyOf } from '../ed25519-seed.ts';
import { EvenTable } from '../even-table.ts';
import { deny } from '../outcome.ts';
import { isAuthid } from '../principal.ts';
import { CryptosignKey } from './cryptosign-key.ts';

export interface CryptosignPrincipal {
  /** Public keys in hexadecimal digits; any of them will do. */
  readonly authorizedKeys: readonly string[];
  /** null: the entry's `default-role`. */
  readonly role: string | null;
  /** The realm of this client, whatever it asks for; null: the one that it asks for. */
  readonly realm: string | null;
}

/** `cryptosign` of `type: static`, with `principals`. */
export interface CryptosignStatic {
  /** By authid. */
  readonly principals: ReadonlyMap<string, CryptosignPrincipal>;
}

interface Listed {
  readonly authid: string;
  readonly identity: Readonly<Dict>;
  readonly keys: EvenTable<CryptosignKey>;
  /** The public keys, in lower case. */
  readonly pubkeys: readonly string[];
}

/** Keys of nobody's, at most. */
const UNKNOWN_KEYS = 256;

/** Stands for the authid of whoever names none and is nobody; it is never told. */
const NOBODY = 'nobody';

/**
 * Without an authid, whoever has the key is it, if one principal alone has it. All others are challenged
 * as principals are, for a key that nobody has.
 */
export function compileKeys({ principals }: CryptosignStatic, parts: StaticParts): FindPrincipal {
  const { decoys, random } = parts;
  const nobodysKey = unknownKeys(parts);
  const known = new Map<string, Listed>();
  for (const [authid, principal] of principals) known.set(authid, listed(authid, principal, nobodysKey, decoys));
  const standIn = (model: Listed | null): Listed => {
    const { identity, pubkeys } = model ?? { identity: {}, pubkeys: [''] };
    // In place of each key one that nobody has, under a name that nobody will say.
    const keys = new Map(pubkeys.map(() => [Buffer.from(random(32)).toString('hex'), nobodysKey()]));
    return { authid: NOBODY, identity: { ...identity }, keys: EvenTable.of(keys, decoys, nobodysKey), pubkeys: [] };
  };
  const byAuthid = EvenTable.of(known, decoys, standIn);
  const byKey = EvenTable.of(ownersByKey(known.values()), decoys, standIn);
  return (asked, details) => {
    const pubkey = pubkeyOf(details);
    const name = asked === '' ? null : asked;
    const { entry, isKnown } = name === null ? byKey.find(pubkey) : byAuthid.find(name);
    const key = entry.keys.find(pubkey);
    const authid = isKnown && key.isKnown ? entry.authid : (name ?? NOBODY);
    return { ...entry.identity, authid, pubkey: key.entry };
  };
}

/** @throws AuthenticationError the same for everybody, known or not */
function pubkeyOf({ authextra }: AuthDetails): string {
  const pubkey = authextra?.['pubkey'];
  if (typeof pubkey === 'string' && /^[0-9a-f]{64}$/i.test(pubkey)) return pubkey.toLowerCase();
  const text = 'cannot identify client: no usable extra.pubkey provided';
  throw new AuthenticationError(deny(ERRORS.notAuthorized.uri, text));
}

function listed(
  authid: string,
  { authorizedKeys, role, realm }: CryptosignPrincipal,
  nobodysKey: () => CryptosignKey,
  decoys: StaticParts['decoys'],
): Listed {
  const place = `auth.cryptosign.principals[${JSON.stringify(authid)}]`;
  if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
  const keys = new Map<string, CryptosignKey>();
  for (const [at, hex] of authorizedKeys.entries()) {
    if (!isEd25519Key(hex)) throw new TypeError(`${place}.authorized_keys[${at}]: is not a public key of Ed25519`);
    keys.set(hex.toLowerCase(), new CryptosignKey(hex));
  }
  const identity = { ...(role !== null && { role }), ...(realm !== null && { realm }) };
  return { authid, identity, keys: EvenTable.of(keys, decoys, nobodysKey), pubkeys: [...keys.keys()] };
}

/** Who has a key; nobody where several have it. */
function ownersByKey(principals: Iterable<Listed>): ReadonlyMap<string, Listed> {
  const owners = new Map<string, Listed>();
  const several = new Set<string>();
  for (const principal of principals) {
    for (const pubkey of principal.pubkeys) {
      if (owners.has(pubkey)) several.add(pubkey);
      owners.set(pubkey, principal);
    }
  }
  for (const pubkey of several) owners.delete(pubkey);
  return owners;
}

/** Keys whose private keys are forgotten at once: in turn, of as many as are worth the time to make them. */
function unknownKeys({ random }: StaticParts): () => CryptosignKey {
  const made: string[] = [];
  let next = 0;
  return () => {
    if (made.length < UNKNOWN_KEYS) made.push(publicKeyOf(privateKeyOf(random(32))));
    const pubkey = made[next % made.length] ?? '';
    next++;
    return new CryptosignKey(pubkey);
  };
}
