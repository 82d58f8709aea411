import { ERRORS } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Invocation } from './invocation.ts';
import type { NoCallee } from './registration.ts';

export const UNAVAILABLE = 'no callee of the procedure is available';

/** What the caller is told. Texts of `busy`: Crossbar. */
export function refusalOf(why: NoCallee, call: Invocation): [uri: string, text: string] {
  const { invoke, callees } = call.registration;
  const procedure = procedureOf(call);
  switch (why) {
    case 'busy': {
      const most = callees.at(-1)?.concurrency;
      const text =
        invoke === 'roundrobin' || invoke === 'random'
          ? `maximum concurrency ${most} of all callee/endpoints reached (on ${invoke === 'random' ? 'random' : 'round-robin'} registration)`
          : `maximum concurrency ${most} of callee/endpoint reached (on non-shared/single registration)`;
      return [ERRORS.tooManyRequests.uri, text];
    }
    case 'overloaded': {
      const text = `callee of procedure <${procedure}> has ${LIMITS.invocationsInFlight} calls that it has not answered`;
      return [ERRORS.tooManyRequests.uri, text];
    }
    case 'congested':
      return [ERRORS.tooManyRequests.uri, `callee of procedure <${procedure}> does not keep up with its calls`];
    case 'unable':
      return [ERRORS.featureNotSupported.uri, `callee of procedure <${procedure}> lacks a feature that the call needs`];
    case 'unavailable':
      return [ERRORS.noAvailableCallee.uri, UNAVAILABLE];
  }
}

/** What was called. */
export function procedureOf({ details, registration }: Invocation): string {
  return registration.match === 'exact' ? registration.uri : String(details['procedure']);
}
