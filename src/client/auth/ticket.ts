import type { ClientAuth } from '../client-auth.ts';

/**
 * Logs in with a shared secret, which is sent as it is: use TLS. [WAMP: Ticket-based Authentication]
 *
 * @example
 * const session = await connect({ url, realm: 'realm1', authid: 'joe', auth: ticket('123secret') });
 */
export function ticket(secret: string): ClientAuth {
  return { method: 'ticket', begin: () => ({ answer: () => secret }) };
}
