import { createHash } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { AuthenticationError } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { EvenTable } from '../even-table.ts';
import { isAuthid } from '../principal.ts';
import { ScramVerifier } from './scram-verifier.ts';

export interface ScramPrincipal {
  /** `kdf`, `iterations`, `memory`, `salt`, `stored-key` and `server-key`, as authenticators answer them. */
  readonly credentials: Readonly<Dict>;
  /** null: the entry's `default-role`. */
  readonly role: string | null;
  /** The only realm for this client, whatever it asks for; null: the one that it asks for (K3). */
  readonly realm: string | null;
}

/** `scram` of `type: static`. */
export interface ScramStatic {
  /** By authid. */
  readonly principals: ReadonlyMap<string, ScramPrincipal>;
}

interface Listed {
  readonly authid: string;
  readonly verifier: ScramVerifier;
  readonly identity: Readonly<Dict>;
}

/** An unknown authid is challenged as the principal that it resembles is, with a salt of its own and keys that nobody has. */
export function compileVerifiers({ principals }: ScramStatic, parts: StaticParts): FindPrincipal {
  const saltOf = saltsLike([...principals].map(listed), parts.decoys);
  const models = new Map([...principals].map((named) => [named[0], named]));
  const nobody: [string, ScramPrincipal] = [
    'nobody',
    { credentials: usualCredentials(parts), role: null, realm: null },
  ];
  const table = new EvenTable(models, parts.decoys, (model, isThere): Listed => {
    const [authid, principal] = model ?? nobody;
    const keys = { 'stored-key': unguessable(parts), 'server-key': unguessable(parts) };
    // Whoever is there and whoever is not are made by the same code: where their bytes lie decides how soon they are at hand.
    return listed([authid, isThere ? principal : { ...principal, credentials: { ...principal.credentials, ...keys } }]);
  });
  return (authid) => {
    const name = authid ?? '';
    const { entry, isKnown } = table.find(name);
    // Made for everybody, so that the time that it takes tells nothing.
    const salt = saltOf(entry, name);
    return { ...entry.identity, verifier: entry.verifier.withSalt(isKnown ? entry.verifier.derivation.salt : salt) };
  };
}

function listed([authid, { credentials, role, realm }]: readonly [string, ScramPrincipal]): Listed {
  const place = `auth.scram.principals[${JSON.stringify(authid)}]`;
  if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
  const identity = { ...(role !== null && { role }), ...(realm !== null && { realm }) };
  try {
    return { authid, verifier: ScramVerifier.of({ ...credentials }), identity };
  } catch (cause) {
    const text = cause instanceof AuthenticationError ? cause.message : 'cannot be used';
    throw new TypeError(`${place}: ${text.replace(' from authenticator', '')}`, { cause });
  }
}

/** For whoever resembles nobody, since there is nobody; the keys are a stand-in's own. */
function usualCredentials({ random }: StaticParts): Readonly<Dict> {
  const salt = Buffer.from(random(16)).toString('hex');
  return { kdf: 'argon2id-13', iterations: 4096, memory: 512, salt };
}

/** A key that nobody has, in hexadecimal digits. */
function unguessable({ random }: StaticParts): string {
  return Buffer.from(random(32)).toString('hex');
}

/** Salts for whom nobody knows, made as those of principals were: by Autobahn's generator, shared, or at random. */
function saltsLike(
  principals: readonly Listed[],
  decoys: StaticParts['decoys'],
): (model: Listed, authid: string) => Uint8Array {
  const users = new Map<string, number>();
  for (const principal of principals) {
    const key = hexSalt(principal);
    users.set(key, (users.get(key) ?? 0) + 1);
  }
  return (model, authid) => {
    const { salt } = model.verifier.derivation;
    const random = decoys.bytes(authid, 'scram salt', salt.length);
    if (hexSalt(model) === generatedSalt(model.authid).toString('hex')) return generatedSalt(authid);
    return (users.get(hexSalt(model)) ?? 0) > 1 ? salt : random;
  };
}

function hexSalt({ verifier }: Listed): string {
  return Buffer.from(verifier.derivation.salt).toString('hex');
}

/** The salt that Autobahn's password tool makes of an authid where none is given. */
function generatedSalt(authid: string): Buffer {
  return createHash('sha256').update(authid).digest().subarray(0, 16);
}
