import type { Dict } from '../../wamp/dict.ts';
import { isEd25519Key } from '../../wamp/ed25519-key.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { type AuthDetails, AuthenticationError } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { privateKeyOf, publicKeyOf } from '../ed25519-seed.ts';
import { copyOf, EvenTable } from '../even-table.ts';
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
}

type Named = readonly [authid: string, principal: CryptosignPrincipal];

/** Keys of nobody's, at most. */
const UNKNOWN_KEYS = 256;

/** Stands for whoever is nobody, where there is nobody to resemble; its authid is never told. */
const NOBODY: Named = ['nobody', { authorizedKeys: [''], role: null, realm: null }];

/**
 * Without an authid, whoever has the key is it, if one principal alone has it. All others are challenged
 * as principals are, for a key that nobody has.
 */
export function compileKeys({ principals }: CryptosignStatic, parts: StaticParts): FindPrincipal {
  const { decoys, random } = parts;
  const nobodysKey = unknownKeys(parts);
  for (const named of principals) check(named);
  // Whoever is there and whoever is not are made by the same code: where they lie decides how soon they are at hand.
  const make = (model: Named | null, isThere: boolean): Listed => {
    const [authid, { authorizedKeys, role, realm }] = model ?? NOBODY;
    // In place of each key one that nobody has, under a name that nobody will say.
    const keys = authorizedKeys.map((hex): [string, CryptosignKey] =>
      isThere ? [hex.toLowerCase(), new CryptosignKey(hex)] : [Buffer.from(random(32)).toString('hex'), nobodysKey()],
    );
    return {
      authid: copyOf(isThere ? authid : NOBODY[0]),
      identity: { ...(role !== null && { role }), ...(realm !== null && { realm }) },
      keys: EvenTable.of(new Map(keys), decoys, nobodysKey),
    };
  };
  const byAuthid = new EvenTable(new Map([...principals].map((named) => [named[0], named])), decoys, make);
  const byKey = new EvenTable(ownersByKey(principals), decoys, make);
  return (asked, details) => {
    const pubkey = pubkeyOf(details);
    const name = asked === '' ? null : asked;
    const { entry } = name === null ? byKey.find(pubkey) : byAuthid.find(name);
    // A stand-in's authid is read as that of a principal is, though nobody is told it.
    const authid = name ?? entry.authid;
    return { ...entry.identity, authid, pubkey: entry.keys.find(pubkey).entry };
  };
}

/** @throws AuthenticationError the same for everybody, known or not */
function pubkeyOf({ authextra }: AuthDetails): string {
  const pubkey = authextra?.['pubkey'];
  if (typeof pubkey === 'string' && /^[0-9a-f]{64}$/i.test(pubkey)) return pubkey.toLowerCase();
  const text = 'cannot identify client: no usable extra.pubkey provided';
  throw new AuthenticationError(deny(ERRORS.notAuthorized.uri, text));
}

function check([authid, { authorizedKeys }]: Named): void {
  const place = `auth.cryptosign.principals[${JSON.stringify(authid)}]`;
  if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
  for (const [at, hex] of authorizedKeys.entries()) {
    if (!isEd25519Key(hex)) throw new TypeError(`${place}.authorized_keys[${at}]: is not a public key of Ed25519`);
  }
}

/** Who has a key; nobody where several have it. By the keys in lower case. */
function ownersByKey(principals: Iterable<Named>): ReadonlyMap<string, Named> {
  const owners = new Map<string, Named>();
  const several = new Set<string>();
  for (const named of principals) {
    for (const pubkey of new Set(named[1].authorizedKeys.map((hex) => hex.toLowerCase()))) {
      if (owners.has(pubkey)) several.add(pubkey);
      owners.set(pubkey, named);
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
