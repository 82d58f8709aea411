/** A client's side of the authmethods, written from their description and not from the router's code. */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import type { ChallengeAnswer } from '../../src/client/join-options.ts';
import type { Dict } from '../../src/wamp/dict.ts';

export const METHODS = ['wampcra'] as const;
export type Method = (typeof METHODS)[number];

interface Credentials {
  /** The key of the static table. */
  readonly table: string;
  /** `joe` there. */
  readonly principal: Dict;
  /** What an authenticator answers for `joe`. */
  readonly answer: Dict;
  /** What a client reads whose proof is wrong. */
  readonly refusal: string;
  /** The router's own proof in WELCOME.authextra, where there is one. */
  readonly verify?: (authextra: Dict) => void;
}

interface Prover {
  readonly authextra: Dict;
  readonly onChallenge: (method: string, extra: Dict) => ChallengeAnswer;
}

const PASSWORD = 'secret123';
const CRA = { secret: 'DpHHRlQ6UNULJlP9J8WkPw==', salt: 'salt123', iterations: 100, keylen: 16 };

export const CREDENTIALS: { readonly [Name in Method]: Credentials } = {
  wampcra: { table: 'users', principal: CRA, answer: CRA, refusal: 'WAMP-CRA client signature is invalid' },
};

/** @param right whether the client knows the secret */
export function proverOf(method: Method, { authid, right }: { authid: string; right: boolean }): Prover {
  const password = right ? PASSWORD : 'wrong';
  return PROVERS[method](authid, password);
}

const PROVERS: { readonly [Name in Method]: (authid: string, password: string) => Prover } = {
  wampcra: (_authid, password) => ({
    authextra: {},
    onChallenge(_method, { challenge, salt, iterations, keylen }) {
      const key = pbkdf2Sync(password, String(salt), Number(iterations), Number(keylen), 'sha256').toString('base64');
      return createHmac('sha256', key).update(String(challenge)).digest('base64');
    },
  }),
};
