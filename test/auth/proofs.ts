import { createHmac } from 'node:crypto';
import type { AuthEntry, AuthMethodName } from '../../src/auth/policy.ts';
import type { Dict } from '../../src/wamp/dict.ts';

/** How a client proves by one authmethod that it is the one whom the authenticator knows. */
export interface Proof {
  /** What the authenticator's answer must hold for it. */
  readonly credentials: Dict;
  /** What the client says in HELLO.authextra for it. */
  readonly authextra: Dict;
  /** Keys of an authenticator's `details` besides those that all authmethods have. */
  readonly details: readonly string[];
  /** The configuration that lists `user1`, with the role `user`. */
  readonly entry: AuthEntry;
  /** AUTHENTICATE.Signature by CHALLENGE.Extra. */
  answer(extra: Dict): string;
}

/** A secret that must not occur in any log. */
export const CANARY = 'canary-5f1c9e';

const identity = { role: 'user', realm: null };

export const PROOFS: { readonly [Name in AuthMethodName]: Proof } = {
  anonymous: {
    credentials: {},
    authextra: {},
    details: [],
    entry: { method: 'anonymous', type: 'static', role: 'user', authid: 'user1', defaultRole: null },
    answer: () => '',
  },
  ticket: {
    credentials: {},
    authextra: {},
    details: ['ticket'],
    entry: {
      method: 'ticket',
      type: 'static',
      principals: new Map([['user1', { ...identity, ticket: CANARY }]]),
      defaultRole: null,
    },
    answer: () => CANARY,
  },
  wampcra: {
    credentials: { secret: CANARY },
    authextra: {},
    details: ['authid', 'authrole'],
    entry: {
      method: 'wampcra',
      type: 'static',
      users: new Map([['user1', { ...identity, secret: CANARY, salt: null, iterations: null, keylen: null }]]),
      defaultRole: null,
    },
    answer: ({ challenge }) => createHmac('sha256', CANARY).update(String(challenge)).digest('base64'),
  },
};
