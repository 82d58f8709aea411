import type { Clock } from '../../wamp/clock.ts';
import { ERRORS, WampError } from '../../wamp/errors.ts';
import type { Caller } from '../../wamp/roles.ts';
import { type AuthDetails, AuthenticationError, type Authenticator } from '../authenticator.ts';
import { type Deny, deny } from '../outcome.ts';
import type { StepSignal } from '../step-signal.ts';
import { arrival } from './arrival.ts';
import { boundedCall } from './bounded-call.ts';
import type { CallGates } from './call-gates.ts';
import { raisedBy } from './raised.ts';

/**
 * Who calls the authenticators on a realm, acting as `role`; null: as the router itself, which may call
 * anything. Or what is missing for it. Asked anew for each login: realms come and go.
 */
export type CallerFor = (realm: string, role: string | null) => Caller | 'no such realm' | 'no such role';

/** `type: dynamic` of an authmethod's configuration. */
export interface DynamicAuthenticatorOptions {
  /** The procedure to call. */
  readonly authenticator: string;
  /** `authenticator-realm`: where to call it; null: on the realm that the client asks for. */
  readonly realm: string | null;
  /** `authenticator-role`: who calls it; null: the router itself. */
  readonly role: string | null;
  /** `authenticator-wait`: milliseconds that a login waits for nobody to be somebody who has registered it. */
  readonly wait: number;
}

export interface DynamicPorts {
  readonly callerFor: CallerFor;
  readonly gates: CallGates;
  readonly clock: Clock;
  /** Milliseconds that one call may take. */
  readonly timeout: number;
}

/**
 * A WAMP procedure says who the client is. It is called with `(realm, authid, details)` and no keyword
 * arguments. What it may answer: `assignPrincipal`; what comes of its errors: `raisedBy`.
 * Crossbar: "Dynamic authenticators: shared machinery".
 */
export class DynamicAuthenticator implements Authenticator {
  readonly provider = 'dynamic';
  readonly #options: DynamicAuthenticatorOptions;
  readonly #ports: DynamicPorts;

  constructor(options: DynamicAuthenticatorOptions, ports: DynamicPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  unavailable(realm: string | null): Deny | null {
    const found = this.#caller(realm);
    return found.kind === 'deny' ? found : null;
  }

  async authenticate(
    realm: string | null,
    authid: string | null,
    details: AuthDetails,
    signal: StepSignal,
  ): Promise<unknown> {
    const found = this.#caller(realm);
    if (found.kind === 'deny') throw new AuthenticationError(found);
    const { authenticator } = this.#options;
    const { gates, clock, timeout } = this.#ports;
    // Of one procedure on two realms, each may be another's.
    const name = `${authenticator} on ${this.#options.realm ?? realm}`;
    await this.#arrivalOf(found.caller, name, signal);
    try {
      return await boundedCall({ clock, timeout, gate: gates.of(name) }, signal, (signal) =>
        found.caller.call(authenticator, [realm, authid, details], { signal }),
      );
    } catch (error) {
      throw error instanceof WampError ? raisedBy(error, authenticator) : error;
    }
  }

  /** An authenticator outside of the router comes when the router is there; clients that find it missing may never try again. */
  async #arrivalOf(caller: Caller, name: string, signal: StepSignal): Promise<void> {
    const { authenticator, wait } = this.#options;
    const isThere = (): boolean => caller.isRegistered?.(authenticator) ?? true;
    if (wait === 0 || isThere()) return;
    const place = this.#ports.gates.waiting(name);
    if (!place.take()) return;
    try {
      await arrival(isThere, wait, this.#ports.clock, signal);
    } finally {
      place.release();
    }
  }

  #caller(asked: string | null): { readonly kind: 'caller'; readonly caller: Caller } | Deny {
    const realm = this.#options.realm ?? asked;
    const { role } = this.#options;
    const caller = realm === null ? 'no such realm' : this.#ports.callerFor(realm, role);
    if (caller === 'no such realm') {
      // Crossbar says "explicit" of a realm that was only asked for, too.
      const text = `explicit realm <${realm ?? 'None'}> configured for dynamic authenticator does not exist`;
      return deny(ERRORS.noSuchRealm.uri, text);
    }
    if (caller === 'no such role') {
      const text = `explicit role <${role ?? 'None'}> on realm <${realm}> configured for dynamic authenticator does not exist`;
      return deny(ERRORS.noSuchRole.uri, text);
    }
    return { kind: 'caller', caller };
  }
}
