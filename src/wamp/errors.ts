/**
 * The one catalogue of errors: WAMP URIs, the sentence that goes with each, and who should do what.
 * A test keeps `docs/errors.md` equal to it.
 */

/** Whom an error asks to act. */
export type Remedy = 'client' | 'authenticator' | 'operator' | 'nobody';

export interface CatalogueEntry {
  readonly uri: string;
  readonly meaning: string;
  readonly remedy: Remedy;
}

function entry(uri: string, meaning: string, remedy: Remedy): CatalogueEntry {
  return { uri, meaning, remedy };
}

export const ERRORS = {
  invalidUri: entry('wamp.error.invalid_uri', 'A URI is malformed, too long, or reserved.', 'client'),
  invalidArgument: entry('wamp.error.invalid_argument', 'An argument or a payload cannot be used.', 'client'),
  noSuchProcedure: entry('wamp.error.no_such_procedure', 'No callee has registered the procedure.', 'client'),
  procedureAlreadyExists: entry(
    'wamp.error.procedure_already_exists',
    'The procedure is registered already.',
    'client',
  ),
  procedureExistsWithDifferentPolicy: entry(
    'wamp.error.procedure_exists_with_different_invocation_policy',
    'The procedure is registered already, to be shared in another way.',
    'client',
  ),
  noAvailableCallee: entry(
    'wamp.error.no_available_callee',
    'Every callee of the procedure said that it is unavailable.',
    'nobody',
  ),
  unavailable: entry(
    'wamp.error.unavailable',
    'A callee cannot take the call now; the router looks for another one.',
    'nobody',
  ),
  timeout: entry('wamp.error.timeout', 'The call took longer than its caller wanted to wait.', 'nobody'),
  featureNotSupported: entry(
    'wamp.error.feature_not_supported',
    'The other side of the call, or the router, lacks a feature that the call needs.',
    'client',
  ),
  noSuchRegistration: entry(
    'wamp.error.no_such_registration',
    'The session holds no registration of that id.',
    'client',
  ),
  noSuchSubscription: entry(
    'wamp.error.no_such_subscription',
    'The session holds no subscription of that id.',
    'client',
  ),
  noSuchSession: entry('wamp.error.no_such_session', 'No session of that id is on the realm.', 'client'),
  testamentError: entry('wamp.error.testament_error', 'The testament cannot be kept.', 'client'),
  historyUnavailable: entry('wamp.error.history_unavailable', 'No events of the subscription are kept.', 'operator'),
  optionNotAllowed: entry(
    'wamp.error.option_not_allowed',
    'An option is not available to this client or on this router.',
    'client',
  ),
  payloadSizeExceeded: entry(
    'wamp.error.payload_size_exceeded',
    'The receiver does not take messages of that size.',
    'client',
  ),
  canceled: entry('wamp.error.canceled', 'The call ended before its callee answered.', 'client'),
  notAuthorized: entry(
    'wamp.error.not_authorized',
    'The credentials are wrong, or the role may not do this.',
    'client',
  ),
  authorizationFailed: entry(
    'wamp.error.authorization_failed',
    'The decision itself failed; nothing was allowed.',
    'operator',
  ),
  authenticationFailed: entry(
    'wamp.error.authentication_failed',
    'The login itself failed; nobody was let in.',
    'operator',
  ),
  noAuthMethod: entry('wamp.error.no_auth_method', 'None of the offered authmethods is configured here.', 'client'),
  noSuchRealm: entry('wamp.error.no_such_realm', 'The realm does not exist, or none was named.', 'client'),
  noSuchRole: entry('wamp.error.no_such_role', 'The realm has no such role, or none was assigned.', 'operator'),
  noSuchPrincipal: entry('wamp.error.no_such_principal', 'No authid was assigned.', 'authenticator'),
  protocolViolation: entry(
    'wamp.error.protocol_violation',
    'The peer sent what the protocol does not allow.',
    'client',
  ),
  runtimeError: entry('wamp.error.runtime_error', 'The callee failed.', 'nobody'),
  networkFailure: entry('wamp.error.network_failure', 'The connection ended.', 'nobody'),
  tooManyRequests: entry('crossbar.error.max_concurrency_reached', 'Too many requests are in flight.', 'client'),
  goodbyeAndOut: entry('wamp.close.goodbye_and_out', 'Answer to GOODBYE.', 'nobody'),
  closeNormal: entry('wamp.close.normal', 'The session ends as asked.', 'nobody'),
  closeRealm: entry('wamp.close.close_realm', 'The client leaves.', 'nobody'),
  closeLogout: entry('wamp.close.logout', 'The client leaves, and its cookie logs nobody in any more.', 'nobody'),
  systemShutdown: entry('wamp.close.system_shutdown', 'The router shuts down.', 'nobody'),
  killed: entry('wamp.close.killed', 'The router ended the session.', 'nobody'),
} as const satisfies Record<string, CatalogueEntry>;

/** An error that travels: a WAMP URI with arguments. `message` is `args[0]` where that is a string. */
export class WampError extends Error {
  readonly uri: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;

  constructor(
    uri: string,
    args: readonly unknown[] = [],
    kwargs: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(typeof args[0] === 'string' ? args[0] : uri, options);
    this.name = 'WampError';
    this.uri = uri;
    this.args = args;
    this.kwargs = kwargs;
  }
}

/**
 * The peer broke the protocol: its session is aborted with `wamp.error.protocol_violation` and the
 * connection is closed. The message names what was wrong, never the peer's data.
 */
export class ProtocolViolation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolViolation';
  }
}
