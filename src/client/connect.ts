import { Flusher } from '../session/flusher.ts';
import type { Clock } from '../wamp/clock.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { type Log, SILENT } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import type { ClientSession } from './client-session.ts';
import { type DialOptions, dial } from './dial.ts';
import type { JoinOptions } from './join-options.ts';
import { Joining } from './joining.ts';

/** Where to connect to, and as whom to join. */
export interface ConnectOptions extends DialOptions, JoinOptions {
  /** Ends the attempt to connect and join; after WELCOME it has no effect. */
  readonly signal?: AbortSignal;
  /** Where the connection's own troubles go; default: nowhere, since they end the session, which says so. */
  readonly log?: Log;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Connects to a router and joins a realm.
 * @throws WampError the router's reason for ABORT; `wamp.error.network_failure` where the connection cannot be made or is
 *   lost; `wamp.error.canceled` where `signal` aborted
 * @throws RangeError where `url` or `serializers` cannot be used
 *
 * @example
 * const session = await connect({
 *   url: 'ws://127.0.0.1:8080/ws',
 *   realm: 'realm-user1',
 *   authid: 'user1',
 *   auth: ticket('123secret'),
 * });
 * console.log(session.authrole, session.authextra);
 * await session.leave();
 */
export async function connect(options: ConnectOptions): Promise<ClientSession> {
  const { clock = SYSTEM_CLOCK, log = SILENT, signal } = options;
  const joining = new Joining(options, { clock, flusher: new Flusher() });
  try {
    await dial({ ...options, ...cookiesOf(options) }, { clock, log }, joining.accept);
  } catch (cause) {
    throw cause instanceof RangeError ? cause : notConnected(cause, signal?.aborted === true);
  }
  return joining.session;
}

/** Those of the option, or of an authmethod that has some. */
function cookiesOf({ cookies, auth = [] }: ConnectOptions): Pick<DialOptions, 'cookies'> {
  const all = 'method' in auth ? [auth] : auth;
  const found = cookies ?? all.find((one) => one.cookies !== undefined)?.cookies;
  return found === undefined ? {} : { cookies: found };
}

function notConnected(cause: unknown, aborted: boolean): WampError {
  if (aborted) return new WampError(ERRORS.canceled.uri, ['connecting was cancelled'], {}, { cause });
  const text = cause instanceof Error ? cause.message : String(cause);
  return new WampError(ERRORS.networkFailure.uri, [text], {}, { cause });
}
