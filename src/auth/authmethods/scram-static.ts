import { createHash } from 'node:crypto';
import type { Dict } from '../../wamp/dict.ts';
import { AuthenticationError } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { StaticParts } from '../authmethod.ts';
import { EvenTable } from '../even-table.ts';
import { isAuthid } from '../principal.ts';
import { type ScramDerivation, ScramVerifier } from './scram-verifier.ts';

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
  const known = new Map<string, Listed>();
  for (const [authid, principal] of principals) known.set(authid, listed(authid, principal));
  const table = EvenTable.of(known, parts.decoys, standIns(parts));
  const saltOf = saltsLike([...known.values()], parts.decoys);
  return (authid) => {
    const name = authid ?? '';
    const { entry, isKnown } = table.find(name);
    // Made for everybody, so that the time that it takes tells nothing.
    const salt = saltOf(entry, name);
    return { ...entry.identity, verifier: entry.verifier.withSalt(isKnown ? entry.verifier.derivation.salt : salt) };
  };
}

function listed(authid: string, { credentials, role, realm }: ScramPrincipal): Listed {
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

/** As the principal that they stand beside, with keys that nobody has. */
function standIns({ random }: StaticParts): (model: Listed | null) => Listed {
  const usual: ScramDerivation = { kdf: 'argon2id-13', iterations: 4096, memory: 512, salt: random(16) };
  // Made as those of a configuration are: where bytes lie decides how soon they are at hand.
  const unguessable = (): Uint8Array => Buffer.from(Buffer.from(random(32)).toString('hex'), 'hex');
  return (model) => {
    const derivation = { ...(model?.verifier.derivation ?? usual) };
    const verifier = new ScramVerifier(derivation, unguessable(), unguessable());
    return { authid: model?.authid ?? '', verifier, identity: { ...model?.identity } };
  };
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
