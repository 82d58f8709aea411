import { WampError } from '../../wamp/errors.ts';
import type { AuthDetails, Authenticator } from '../authenticator.ts';
import type { StepSignal } from '../step-signal.ts';
import { boundedCall, type CallBounds } from './bounded-call.ts';
import type { FunctionAuthenticatorOptions, FunctionLoader } from './function-loader.ts';
import { raisedBy } from './raised.ts';

/**
 * A function in the router's own process says who the client is: same arguments, answers and errors as a
 * dynamic authenticator's. Crossbar: "`function` authenticators".
 */
export class FunctionAuthenticator implements Authenticator {
  readonly provider = 'function';
  readonly #options: FunctionAuthenticatorOptions;
  readonly #loader: FunctionLoader;
  readonly #bounds: CallBounds;

  constructor(options: FunctionAuthenticatorOptions, loader: FunctionLoader, bounds: CallBounds) {
    this.#options = options;
    this.#loader = loader;
    this.#bounds = bounds;
  }

  unavailable(): null {
    return null;
  }

  async authenticate(
    realm: string | null,
    authid: string | null,
    details: AuthDetails,
    signal: StepSignal,
  ): Promise<unknown> {
    try {
      return await boundedCall(this.#bounds, signal, async (signal) => {
        const authenticate = await this.#loader.load(this.#options);
        return authenticate(realm, authid, details, signal);
      });
    } catch (error) {
      throw error instanceof WampError ? raisedBy(error, this.#options.create) : error;
    }
  }
}
