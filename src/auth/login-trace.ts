import type { Dict } from '../wamp/dict.ts';
import type { Authenticator } from './authenticator.ts';
import type { Outcome } from './outcome.ts';

/** Who is asked who a client is, as the configuration has it. Times are milliseconds. */
export type AskedAuthenticator =
  | {
      readonly type: 'static';
      readonly table: string;
      /** The authids that it has; null where it is no table. */
      readonly names: readonly string[] | null;
    }
  | {
      readonly type: 'dynamic';
      readonly procedure: string;
      /** null: the realm that the client asks for. */
      readonly realm: string | null;
      /** null: the router itself. */
      readonly role: string | null;
      /** How long a login waits for somebody to register it. */
      readonly wait: number;
      readonly timeout: number;
    }
  | { readonly type: 'function'; readonly create: string; readonly timeout: number };

/** One step of a login, as the code that takes it tells of it. Its values are what they are, secrets included. */
export type LoginStep =
  | {
      readonly kind: 'method';
      readonly name: string;
      /** `open`: no authentication is configured at all. */
      readonly found: 'chosen' | 'not configured' | 'open';
      readonly configured: readonly string[];
    }
  | {
      readonly kind: 'asked';
      readonly authenticator: AskedAuthenticator;
      readonly realm: string | null;
      readonly authid: string | null;
      readonly details: Dict;
    }
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'raised'; readonly error: unknown }
  | { readonly kind: 'check'; readonly what: string; readonly value: unknown; readonly passed: boolean }
  | { readonly kind: 'decided'; readonly after: 'HELLO' | 'AUTHENTICATE'; readonly outcome: Outcome };

/** Told of each step of each login, for tools that show one to who sets up a node. A node that runs has none. */
export type LoginTrace = (step: LoginStep) => void;

/** Told of a check and what it was made of, by the code that makes it. */
export type OnCheck = (what: string, value: unknown, passed: boolean) => void;

export function checksOf(trace: LoginTrace): OnCheck {
  return (what, value, passed) => trace({ kind: 'check', what, value, passed });
}

/** An authenticator that is the same, and tells what it is asked and what comes of it. */
export function tracedAuthenticator(inner: Authenticator, asked: AskedAuthenticator, trace: LoginTrace): Authenticator {
  return {
    provider: inner.provider,
    unavailable: (realm) => inner.unavailable(realm),
    async authenticate(realm, authid, details, signal) {
      trace({ kind: 'asked', authenticator: asked, realm, authid, details });
      try {
        const answer = await inner.authenticate(realm, authid, details, signal);
        trace({ kind: 'answered', answer });
        return answer;
      } catch (error) {
        trace({ kind: 'raised', error });
        throw error;
      }
    },
  };
}
