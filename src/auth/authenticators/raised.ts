import { ERRORS, type WampError } from '../../wamp/errors.ts';
import { CallForbidden } from '../../wamp/roles.ts';
import { isUri } from '../../wamp/uri.ts';
import { AuthenticationError } from '../authenticator.ts';
import { deny } from '../outcome.ts';
import { pythonStr } from '../python-text.ts';

/**
 * Errors that the router itself raises for a call, and what clients read of them: the router's own
 * texts name the procedure. An authenticator that raises one of them is told of in the same words.
 */
const NEUTRAL_TEXTS: ReadonlyMap<string, string> = new Map([
  [ERRORS.noSuchProcedure.uri, 'no authenticator is available'],
  [ERRORS.canceled.uri, 'callee disconnected from in-flight request'],
  [ERRORS.tooManyRequests.uri, 'too many logins are being decided'],
]);

/** What an authenticator must not pretend to be: the router's ways of ending a session. */
function isMisleading(uri: string): boolean {
  return uri.startsWith('wamp.close.') || uri === ERRORS.protocolViolation.uri;
}

/**
 * What a client reads of an error that an authenticator raised: its URI, and its first argument as
 * text, as clients of Crossbar rely on; further arguments are dropped.
 * Crossbar: "Errors from the authenticator". Not followed where that tells internals (K7): a text that
 * names the authenticator's procedure is left out.
 *
 * @param name what the configuration calls the authenticator
 */
export function raisedBy(error: WampError, name: string): AuthenticationError {
  const options = { cause: error };
  if (!isUri(error.uri, 'loose') || isMisleading(error.uri)) {
    const denied = deny(ERRORS.authenticationFailed.uri, 'the authenticator failed');
    return new AuthenticationError(denied, 'the authenticator raised an error of a URI that it may not use', options);
  }
  // No fault of the client's, and no wrong credential.
  if (error instanceof CallForbidden) {
    const denied = deny(ERRORS.authenticationFailed.uri, 'the router may not call the authenticator');
    return new AuthenticationError(denied, 'the "authenticator-role" may not call the authenticator', options);
  }
  return new AuthenticationError(
    deny(error.uri, textOf(error, name)),
    `the authenticator raised ${error.uri}`,
    options,
  );
}

function textOf(error: WampError, name: string): string | null {
  const neutral = NEUTRAL_TEXTS.get(error.uri);
  if (neutral !== undefined) return neutral;
  const text = error.args.length > 0 ? pythonStr(error.args[0]) : null;
  return text?.includes(name) ? null : text;
}
