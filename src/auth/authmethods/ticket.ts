import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Dict, EMPTY } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { AuthenticationError, authDetails } from '../authenticator.ts';
import type { FindPrincipal } from '../authenticators/static.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello, StaticParts } from '../authmethod.ts';
import { noPendingAuthentication } from '../denials.ts';
import { EvenTable } from '../even-table.ts';
import { type Accept, type Deny, deny, type Outcome } from '../outcome.ts';
import { conclude, isAuthid } from '../principal.ts';
import type { StepSignal } from '../step-signal.ts';

const NAME = 'ticket';

export interface TicketPrincipal {
  readonly ticket: string;
  /** null: the entry's `default-role`. */
  readonly role: string | null;
  /** The only realm for this client, whatever it asks for; null: the one that it asks for (K3). */
  readonly realm: string | null;
}

/** `ticket` of `type: static`. */
export interface TicketStatic {
  /** By authid. */
  readonly principals: ReadonlyMap<string, TicketPrincipal>;
}

/**
 * [WAMP: Ticket-based Authentication] Crossbar: "ticket". Everybody is challenged, and an unknown authid
 * fares as a wrong ticket does (K9; Crossbar aborts before the challenge). An empty ticket is never one.
 */
export const TICKET: AuthMethodModule<TicketStatic> = {
  name: NAME,
  compileStatic: compileTickets,
  start: (parts) => new Ticket(parts),
};

class Ticket implements AuthMethod {
  readonly #parts: AuthMethodParts;
  #hello: Hello | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello): Promise<Outcome> {
    const unavailable = this.#parts.authenticator.unavailable(hello.realm);
    if (unavailable !== null) return unavailable;
    this.#hello = hello;
    return { kind: 'challenge', authmethod: NAME, extra: EMPTY };
  }

  async authenticate(signature: string, _extra: Dict, signal: StepSignal): Promise<Accept | Deny> {
    const hello = this.#hello;
    if (hello === null) return noPendingAuthentication();
    this.#hello = null;
    const { assign, authenticator, defaultRole } = this.#parts;
    if (signature === '' && authenticator.provider !== 'static') return emptyTicket();
    const { realm, authid } = hello;
    const details = authDetails(hello, NAME, { ticket: signature });
    const answer = await authenticator.authenticate(realm, authid, details, signal);
    return conclude(assign(answer, { realm, authid, defaultRole }), NAME, authenticator.provider);
  }
}

interface Listed {
  readonly digest: Uint8Array;
  readonly answer: Readonly<Dict>;
}

/**
 * Tickets are compared as keyed digests in constant time, and that of a client with an unknown authid with one that
 * nobody has: the time that it takes tells nothing.
 */
function compileTickets({ principals }: TicketStatic, { random, decoys }: StaticParts): FindPrincipal {
  const key = random(32);
  const digest = (ticket: string): Uint8Array => createHmac('sha256', key).update(ticket).digest();
  for (const [authid, { ticket }] of principals) {
    const place = `auth.ticket.principals[${JSON.stringify(authid)}]`;
    if (!isAuthid(authid)) throw new TypeError(`${place}: cannot be an authid`);
    if (ticket === '') throw new TypeError(`${place}.ticket: must not be empty`);
  }
  const table = new EvenTable(principals, decoys, (principal, isThere): Listed => {
    const { ticket = '', role = null, realm = null } = principal ?? {};
    return {
      digest: digest(isThere ? ticket : Buffer.from(random(32)).toString('hex')),
      answer: { ...(role !== null && { role }), ...(realm !== null && { realm }) },
    };
  });
  return (authid, details) => {
    const { entry, isKnown } = table.find(authid ?? '');
    const right = timingSafeEqual(digest(details['ticket'] as string), entry.digest);
    if (!isKnown || !right) throw wrongTicket();
    return entry.answer;
  };
}

/** Directories take a login without a password for one of nobody, and say yes: no authenticator is led into it. [RFC 4513, 5.1.2] */
function emptyTicket(): Deny {
  return deny(ERRORS.notAuthorized.uri, 'the ticket is empty');
}

function wrongTicket(): AuthenticationError {
  const text = 'ticket in static WAMP-Ticket authentication is invalid';
  return new AuthenticationError(deny(ERRORS.notAuthorized.uri, text));
}
