import type { UriCheck } from '../wamp/uri.ts';
import type { Broker } from './broker.ts';
import type { Dealer } from './dealer.ts';
import type { Member } from './member.ts';
import type { Sessions } from './sessions.ts';

/**
 * How a session ended: with a GOODBYE of either side; because its connection did, or its client broke
 * the protocol; or together with all others.
 */
export type Leave = 'goodbye' | 'lost' | 'kill-all';

/** A realm from inside: what the router's own procedures work on. */
export interface RealmState {
  readonly name: string;
  readonly uriCheck: UriCheck;
  readonly sessions: Sessions;
  readonly broker: Broker;
  readonly dealer: Dealer;
  /** An id of global scope. */
  nextId(): number;
  /** Ends a session: takes it off the realm, and says GOODBYE to its client. */
  expel(member: Member, how: Leave, reason: string, message: string | null): void;
}
