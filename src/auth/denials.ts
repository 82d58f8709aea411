/** Why clients stay out, in the words that Crossbar uses. */
import { ERRORS } from '../wamp/errors.ts';
import { type Deny, deny } from './outcome.ts';
import { pythonRepr } from './python-text.ts';

/** The realm that the client was assigned is not running. */
export function noSuchRealm(realm: string): Deny {
  return deny(ERRORS.noSuchRealm.uri, `no realm "${realm}" exists on this router`);
}

/** The realm that the client was assigned has no such role. */
export function noSuchRole(realm: string, role: string): Deny {
  return deny(ERRORS.noSuchRole.uri, `realm "${realm}" has no role "${role}"`);
}

/** As `noSuchRole`, for a client whose cookie stands for a former login. */
export function roleGone(realm: string, role: string): Deny {
  const text = `session was previously authenticated (via transport), but role "${role}" no longer exists on realm "${realm}"`;
  return deny(ERRORS.noSuchRole.uri, text);
}

/** None of the client's authmethods is configured. `place`: 1 where no authentication is configured at all, else 2. */
export function noAuthMethod(place: 1 | 2, offered: readonly string[]): Deny {
  const text = `cannot authenticate [${place}] using any of the offered authmethods ${pythonRepr(offered)}`;
  return deny(ERRORS.noAuthMethod.uri, text);
}

/** An answer came to a challenge that is not open. */
export function noPendingAuthentication(): Deny {
  return deny(ERRORS.notAuthorized.uri, 'no pending authentication');
}

/** The client left, or took too long: an outcome that nobody waits for any more. */
export function givenUp(): Deny {
  return deny(ERRORS.authenticationFailed.uri, 'the login was given up');
}

/** Something failed that the client should know nothing of; `reference` finds it in the log. */
export function failed(reference: string): Deny {
  return deny(ERRORS.authenticationFailed.uri, `authentication failed (ref ${reference})`);
}
