import type { Dict } from '../../wamp/dict.ts';
import { isEd25519Key } from '../../wamp/ed25519-key.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { type AuthDetails, AuthenticationError } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { privateKeyOf, publicKeyOf } from '../ed25519-seed.ts';
import { deny } from '../outcome.ts';
import { isAuthid } from '../principal.ts';
import type { RandomBytes } from '../serial-number.ts';
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
  readonly keys: ReadonlyMap<string, CryptosignKey>;
}

/** Stands for the authid of whoever names none and is nobody; it is never told. */
const NOBODY = 'nobody';

/**
 * Without an authid, whoever has the key is it, if one principal alone has it. All others are challenged
 * as principals are, for a key that nobody has.
 */
export function compileKeys({ principals }: CryptosignStatic, { random, decoys }: StaticParts): FindPrincipal {
  const known = new Map<string, Listed>();
  for (const [authid, principal] of principals) known.set(authid, listed(authid, principal));
  const owners = ownersByKey(known.values());
  const models = [...known.values()];
  const someone: Listed = { authid: NOBODY, identity: {}, keys: new Map() };
  const nobodysKey = unknownKey(random);
  return (asked, details) => {
    const pubkey = pubkeyOf(details);
    const name = asked === '' ? null : asked;
    // Drawn for everybody, and looked into as if it were the one, so that the time that it takes tells nothing.
    const decoy = decoys.pick(models, someone, name ?? pubkey);
    const found = name === null ? owners.get(pubkey) : known.get(name);
    const { keys, identity, authid } = found ?? decoy;
    const key = keys.get(pubkey);
    // Whoever shows the key of its decoy is nobody either.
    const isKnown = found !== undefined && found !== null && key !== undefined;
    return { ...identity, authid: isKnown ? authid : (name ?? NOBODY), pubkey: isKnown ? key : nobodysKey };
  };
}

/** @throws AuthenticationError the same for everybody, known or not */
function pubkeyOf({ authextra }: AuthDetails): string {
  const pubkey = authextra?.['pubkey'];
  if (typeof pubkey === 'string' && /^[0-9a-f]{64}$/i.test(pubkey)) return pubkey.toLowerCase();
  const text = 'cannot identify client: no usable extra.pubkey provided';
  throw new AuthenticationError(deny(ERRORS.notAuthorized.uri, text));
}

function listed(authid: string, { authorizedKeys, role, realm }: CryptosignPrincipal): Listed {
  const place = `auth.cryptosign.principals[${JSON.stringify(authid)}]`;
  if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
  const keys = new Map<string, CryptosignKey>();
  for (const [at, hex] of authorizedKeys.entries()) {
    if (!isEd25519Key(hex)) throw new TypeError(`${place}.authorized_keys[${at}]: is not a public key of Ed25519`);
    keys.set(hex.toLowerCase(), new CryptosignKey(hex));
  }
  return { authid, identity: { ...(role !== null && { role }), ...(realm !== null && { realm }) }, keys };
}

/** Who has a key; null where several have it. */
function ownersByKey(principals: Iterable<Listed>): ReadonlyMap<string, Listed | null> {
  const owners = new Map<string, Listed | null>();
  for (const principal of principals) {
    for (const hex of principal.keys.keys()) owners.set(hex, owners.has(hex) ? null : principal);
  }
  return owners;
}

/** The private key to it is forgotten at once. */
function unknownKey(random: RandomBytes): CryptosignKey {
  return new CryptosignKey(publicKeyOf(privateKeyOf(random(32))));
}
