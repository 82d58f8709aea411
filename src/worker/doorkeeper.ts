import { addressOfPeer, ClientAddresses } from '../auth/client-address.ts';
import { FailedLogins } from '../auth/failed-logins.ts';
import type { Newcomer } from '../session/connection.ts';
import { countedLogin } from '../session/counted-login.ts';
import type { LoginAttempt } from '../session/login-attempt.ts';
import type { Clock } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';

/** What a transport says of its clients' addresses. */
export interface AddressRules {
  /** `max_failed_logins`: per minute and address; 0: any number. */
  readonly maxFailedLogins: number;
  /** `trusted_proxies`; null: not said. */
  readonly trustedProxies: readonly string[] | null;
}

/** How many may come in: connections in all, those that are not welcomed yet, in all and by address, and failed logins by address. */
export class Doorkeeper {
  readonly #maxConnections: number;
  readonly #failures: FailedLogins;
  readonly #log: Log;
  readonly #pendingOf = new Map<string, number>();
  #pending = 0;

  constructor(maxConnections: number, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#maxConnections = maxConnections;
    this.#failures = new FailedLogins(clock);
    this.#log = log;
  }

  /** For the clients of one transport. @param connections how many there are of the whole worker */
  lane({ maxFailedLogins, trustedProxies }: AddressRules, connections: () => number): Lane {
    const addresses = new ClientAddresses(trustedProxies);
    return {
      admit: ({ address, headers }) => {
        if (connections() >= this.#maxConnections || this.#pending >= LIMITS.pendingSessions) return false;
        const client = addresses.of(address, () => headers?.['x-forwarded-for']);
        return client === null || (this.#pendingOf.get(client) ?? 0) < LIMITS.pendingPerAddress;
      },
      enter: (details) => {
        const forwarded = (): string | undefined => details.headersReceived?.['x-forwarded-for'];
        const client = addresses.of(addressOfPeer(details.peer), forwarded);
        return {
          onPending: (change) => this.#note(client, change),
          counted: (attempt) => {
            if (client === null || maxFailedLogins === 0) return attempt;
            const ports = { failures: this.#failures, address: client, perMinute: maxFailedLogins, log: this.#log };
            return countedLogin(attempt, ports);
          },
        };
      },
    };
  }

  #note(client: string | null, change: 1 | -1): void {
    this.#pending += change;
    if (client === null) return;
    const count = (this.#pendingOf.get(client) ?? 0) + change;
    if (count === 0) this.#pendingOf.delete(client);
    else this.#pendingOf.set(client, count);
  }
}

/** The way in of one transport. */
export interface Lane {
  /** Whether one more connection may come in. */
  readonly admit: (newcomer: Newcomer) => boolean;
  /** A connection that has come in. */
  readonly enter: (details: TransportDetails) => {
    readonly onPending: (change: 1 | -1) => void;
    readonly counted: (attempt: LoginAttempt) => LoginAttempt;
  };
}
