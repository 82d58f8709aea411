/** One login, good or bad, the same against both routers. */

import { cryptosign } from '../../src/client/auth/cryptosign.ts';
import { scram } from '../../src/client/auth/scram.ts';
import { ticket } from '../../src/client/auth/ticket.ts';
import { wampcra } from '../../src/client/auth/wampcra.ts';
import type { ClientAuth } from '../../src/client/client-auth.ts';
import type { SerializerId } from '../../src/serializers/serializer.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { SEED } from './node-config.ts';
import type { LoginSpec, Visit } from './visit.ts';

export type Transport = 'websocket' | 'rawsocket';

export interface Way {
  readonly transport: Transport;
  readonly serializer: SerializerId;
}

/** What a case is given: ways to connect, and nothing of the router. */
export interface Scene {
  /** Connects to a door. */
  readonly open: (door: string, more?: { readonly cookie?: boolean; readonly certificate?: boolean }) => Promise<Visit>;
}

export interface Case {
  /** `group/name`, with `/transport.serializer` where there are several. */
  readonly id: string;
  readonly way: Way;
  readonly run: (scene: Scene) => Promise<void>;
}

export const JSON_WAY: Way = { transport: 'websocket', serializer: 'json' };

export const WAYS: readonly Way[] = (['websocket', 'rawsocket'] as const).flatMap((transport) =>
  (['json', 'msgpack', 'cbor'] as const).map((serializer) => ({ transport, serializer })),
);

/** The methods that prove something, each with a right and a wrong secret. */
export const PROVING: Readonly<
  Record<string, { readonly authid: string; readonly right: ClientAuth; readonly wrong: ClientAuth }>
> = {
  ticket: { authid: 'joe', right: ticket('secret-of-joe'), wrong: ticket('wrong') },
  wampcra: { authid: 'joe', right: wampcra('secret-of-joe'), wrong: wampcra('wrong') },
  scram: { authid: 'foobar@example.com', right: scram('secret123'), wrong: scram('wrong') },
  cryptosign: { authid: 'joe', right: cryptosign(SEED), wrong: cryptosign('ab'.repeat(32)) },
};

const NONCE = Buffer.alloc(16, 1).toString('base64');

/** One login at a door, and GOODBYE where it succeeds. */
export function login(
  id: string,
  door: string,
  spec: LoginSpec & { readonly patience?: number },
  way = JSON_WAY,
): Case {
  return {
    id,
    way,
    run: async ({ open }) => {
      const visit = await open(door);
      if (spec.patience !== undefined) visit.patience = spec.patience;
      const isIn = await visit.logIn(spec);
      if (isIn) visit.say(6, {}, 'wamp.close.close_realm');
      if (isIn) await visit.hear();
    },
  };
}

interface Variation {
  /** Default: who is known; null: none is said. */
  readonly authid?: string | null;
  readonly wrong?: boolean;
  readonly details?: Dict;
  readonly realm?: unknown;
}

/** A login by a method that proves something, or by one that does not. */
export function proving(method: string, { wrong = false, details = {}, ...more }: Variation = {}): LoginSpec {
  const realm = 'realm' in more ? { realm: more.realm } : {};
  const prover = PROVING[method];
  if (prover === undefined) return { ...realm, details: { authmethods: [method], ...details } };
  const { authid = prover.authid } = more;
  const said = { authmethods: [method], ...(authid !== null && { authid }), ...details };
  // Our own client does not begin to prove without a name.
  if (method === 'scram' && (authid ?? '') === '') {
    return {
      ...realm,
      details: { ...said, authextra: { nonce: NONCE, ...(details['authextra'] as Dict | undefined) } },
    };
  }
  return { ...realm, details: said, answer: wrong ? prover.wrong : prover.right };
}
