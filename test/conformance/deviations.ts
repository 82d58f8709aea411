const SEQUENCE = 'Clients that number their requests otherwise work with Crossbar.io, which does not check either.';
const PASSTHRU =
  'Publishers in use send passthru options without announcing them; they are passed on, whoever announces what.';
const PROGRESS =
  'As Crossbar.io: a callee is told that progress is welcome, whatever it announces, and need not send any.';
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
  ['progressive-invocations.gap', SEQUENCE],
  [
    'protocol-errors.yield-unknown',
    'A YIELD that answers nothing harms nobody, and is ignored like one that comes late.',
  ],
  ['payload-passthru.unannounced.publish', PASSTHRU],
  ['progressive-results.forwarded.unsupported', PROGRESS],
  ['progressive-results.canceling', PROGRESS],
  ...['kill-by-authrole', 'kill-by-authrole.none'].map((name) => [`session-meta.${name}`, KILLED] as const),
]);
