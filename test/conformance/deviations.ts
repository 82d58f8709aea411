const SEQUENCE = 'Clients that number their requests otherwise work with other routers, which do not check either.';
const PROGRESS =
  'Callees of autobahn-js send progressive results without announcing call canceling; none needs to send any.';
const KILLED =
  "The ids are returned, as `kill_by_authid` does and as Crossbar.io's clients expect, and not their number.";

/**
 * Scenarios of what we announce that our router does not pass, and why. `docs/conformance.md` lists them for users;
 * a test keeps both equal. Each is decided, or waits for its part of the router.
 */
export const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  ...['subscribe', 'unsubscribe', 'publish', 'register', 'unregister', 'call'].map(
    (name) => [`protocol-errors.sequential.${name}`, SEQUENCE] as const,
  ),
  [
    'event-history.get',
    'Asked for no order, the newest come first, and ten of them: what callers of Crossbar.io expect.',
  ],
  ['logins.scram-name', 'Crossbar.io and all clients that there are call it `scram`.'],
  [
    'logins.scram-nonce.padded',
    'Crossbar.io and Autobahn put the bytes one behind the other before base64. Of 18 bytes, it comes to the same.',
  ],
  ['progressive-invocations.gap', SEQUENCE],
  [
    'protocol-errors.yield-unknown',
    'Routers that ended sessions over an unknown YIELD ended those of callees that were merely late; all are ignored.',
  ],
  ['progressive-results.forwarded.unsupported', PROGRESS],
  ['progressive-results.canceling', PROGRESS],
  ...['kill-by-authrole', 'kill-by-authrole.none'].map((name) => [`session-meta.${name}`, KILLED] as const),
]);
