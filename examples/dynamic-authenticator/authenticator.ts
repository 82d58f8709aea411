/**
 * A dynamic authenticator: a procedure that the router calls at each login, with everything it knows of
 * the client. What it returns is who the client is; what it throws is why it is not let in.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type ClientSession, type ComponentContext, WampError } from 'turnpike';

interface Principal {
  readonly ticket: string;
  readonly realm: string;
  readonly role: string;
}

/** In your application: a database, a directory, another service. */
const PRINCIPALS: ReadonlyMap<string, Principal> = new Map([
  ['user1', { ticket: '123secret', realm: 'realm-user1', role: 'user' }],
  ['user2', { ticket: '456secret', realm: 'realm-user2', role: 'user' }],
]);

/** What the router takes for an answer. `authid` may be given too, where the client is to be known by another name. */
interface Answer {
  readonly realm: string;
  readonly role: string;
  /** Reaches the client in WELCOME.Details, as `authextra`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/**
 * Decides about one client.
 *
 * @param realm what the client asked for; null where it leaves the choice to us
 * @param authid who it says it is; null where it does not say
 * @param details session, transport, authmethod, authextra and, for tickets, `ticket`
 * @throws WampError its URI and text are what the client gets
 */
export function authenticate(realm: unknown, authid: unknown, details: unknown): Answer {
  const principal = typeof authid === 'string' ? PRINCIPALS.get(authid) : undefined;
  if (principal === undefined) {
    throw new WampError('com.example.no_such_user', ['there is no such user']);
  }
  if (!isSame(ticketOf(details), principal.ticket)) {
    throw new WampError('com.example.invalid_ticket', ['the ticket is not valid']);
  }
  if (realm !== null && realm !== principal.realm) {
    throw new WampError('com.example.wrong_realm', ['this realm is not open to you']);
  }
  return {
    realm: principal.realm,
    role: principal.role,
    extra: { 'my-custom-welcome-data': [1, 2, 3] },
  };
}

/** Called by the node when it starts: see `components` in `.turnpike/config.yaml`. */
export async function startAuthenticator(session: ClientSession, { log }: ComponentContext): Promise<void> {
  await session.register('com.example.authenticate', ([realm, authid, details]) => {
    try {
      const answer = authenticate(realm, authid, details);
      log.info('let in', { authid, realm: answer.realm });
      return answer;
    } catch (error) {
      log.info('kept out', { authid, reason: error instanceof WampError ? error.uri : 'failed' });
      throw error;
    }
  });
  log.info('authenticator ready');
}

function ticketOf(details: unknown): string {
  if (typeof details !== 'object' || details === null || !('ticket' in details)) return '';
  return typeof details.ticket === 'string' ? details.ticket : '';
}

/** Compares in a time that does not tell how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
