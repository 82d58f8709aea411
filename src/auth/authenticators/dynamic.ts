import { ERRORS, WampError } from '../../wamp/errors.ts';
import type { Caller } from '../../wamp/roles.ts';
import { type AuthDetails, AuthenticationError, type Authenticator } from '../authenticator.ts';
import { type Deny, deny } from '../outcome.ts';
import { boundedCall, type CallBounds } from './bounded-call.ts';
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
}

/**
 * A WAMP procedure says who the client is. It is called with `(realm, authid, details)` and no keyword
 * arguments. What it may answer: `assignPrincipal`; what comes of its errors: `raisedBy`.
 * Crossbar: "Dynamic authenticators: shared machinery".
 */
export class DynamicAuthenticator implements Authenticator {
  readonly provider = 'dynamic';
  readonly #options: DynamicAuthenticatorOptions;
  readonly #callerFor: CallerFor;
  readonly #bounds: CallBounds;

  constructor(options: DynamicAuthenticatorOptions, callerFor: CallerFor, bounds: CallBounds) {
    this.#options = options;
    this.#callerFor = callerFor;
    this.#bounds = bounds;
  }

  unavailable(realm: string | null): Deny | null {
    const found = this.#caller(realm);
    return found.kind === 'deny' ? found : null;
  }

  async authenticate(
    realm: string | null,
    authid: string | null,
    details: AuthDetails,
    signal: AbortSignal,
  ): Promise<unknown> {
    const found = this.#caller(realm);
    if (found.kind === 'deny') throw new AuthenticationError(found);
    const { authenticator } = this.#options;
    try {
      return await boundedCall(this.#bounds, signal, (signal) =>
        found.caller.call(authenticator, [realm, authid, details], { signal }),
      );
    } catch (error) {
      throw error instanceof WampError ? raisedBy(error, authenticator) : error;
    }
  }

  #caller(asked: string | null): { readonly kind: 'caller'; readonly caller: Caller } | Deny {
    const realm = this.#options.realm ?? asked;
    const { role } = this.#options;
    const caller = realm === null ? 'no such realm' : this.#callerFor(realm, role);
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
