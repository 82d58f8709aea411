import { type ClientAuth, unexpectedChallenge } from '../client-auth.ts';

const NAME = 'anonymous';

/**
 * Logs in as nobody in particular.
 *
 * @example
 * const session = await connect({ url, realm: 'realm1', auth: anonymous() });
 */
export function anonymous(): ClientAuth {
  return { method: NAME, begin: () => ({ answer: () => unexpectedChallenge(NAME) }) };
}
