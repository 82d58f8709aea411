/**
 * The bounds that hold unless configured otherwise, each with what it stops.
 * Units: bytes, milliseconds, counts.
 */
export const LIMITS = {
  /** Connection accepted → WELCOME, absolute: traffic does not refresh it. Stops silent and slow-motion peers. */
  loginTimeout: 10_000,
  /** One call of a dynamic authenticator. Stops an authenticator that never answers from holding logins. */
  authenticatorTimeout: 5_000,
  /** How long a login waits for an authenticator that nobody has registered yet. Lets authenticators start after the router. */
  authenticatorWait: 3_000,
  /** Calls of authenticators in flight per worker. Stops a login flood from piling up behind a slow authenticator. */
  authenticatorCalls: 200,
  /** One decision of an authorizer. Stops one that never answers from holding sessions. */
  authorizerTimeout: 5_000,
  /** Decisions awaited per role. Stops a slow authorizer from piling up work. */
  authorizerCalls: 1_000,
  /** Decisions remembered per role. */
  authorizerCache: 10_000,
  /** How long a decision is remembered. */
  authorizerCacheTime: 60_000,
  /** Connections that have not been welcomed yet, per worker. */
  pendingSessions: 1_000,
  /** The same, from one address. Stops one machine from taking all of them. */
  pendingPerAddress: 200,
  /** Failed logins per minute, from one address. Stops trying of passwords without end. */
  failedLogins: 100,
  /** Connections, per worker, welcomed or not. */
  connections: 50_000,
  /** A message before WELCOME. */
  messageBeforeWelcome: 64 * 1024,
  /** A message after WELCOME: the most that RawSocket can carry. Inflated size counts. */
  message: 16 * 1024 * 1024,
  /** Messages in one batch of a batched subprotocol. A batch is worked off in one go, so it stops one client from holding up all others. */
  batch: 10_000,
  /** Nesting of an application payload or a dictionary. */
  depth: 64,
  /** Elements (list items, keys and values) of one message. */
  elements: 1_000_000,
  /** Elements of one message sent as a count and a type alone (UBJSON). Stops ten bytes from becoming megabytes for all. */
  weightless: 4_096,
  /** Values in one dictionary of Options or Details. They are decoded, so it stops one message from holding up all others. */
  dictionary: 50_000,
  /** Bytes of a map key. */
  keyLength: 1_024,
  /** Bytes of a URI. */
  uriLength: 1_024,
  /** Components of a URI. */
  uriComponents: 64,
  /** Characters of an authid. */
  authidLength: 255,
  /** Cookies of one store. Beyond it the oldest goes, first those without a login. */
  cookies: 100_000,
  /** Subscriptions and registrations together, per session. */
  observations: 10_000,
  /** Testaments that a session leaves: they are all published at once when it ends. */
  testaments: 100,
  /** Bytes of a session's testaments together: kept as long as the session lives. */
  testamentBytes: 64 * 1024,
  /** Retained events, per realm. Beyond it the event that was kept longest goes. */
  retainedEvents: 10_000,
  /** Bytes of the retained events of a realm. Beyond it the event that was kept longest goes. */
  retainedBytes: 64 * 1024 * 1024,
  /** Retained events of one topic: one for everybody, and those that only some may receive. */
  retainedPerTopic: 16,
  /** Retained events that one SUBSCRIBE to a pattern gets. */
  retainedPerSubscribe: 1_000,
  /** Bytes of the events that a realm keeps in memory for its event history. Beyond it the oldest go. */
  historyBytes: 64 * 1024 * 1024,
  /** Events of one answer of `wamp.subscription.get_events`. */
  historyPage: 1_000,
  /** Bytes of the events of one answer of `wamp.subscription.get_events`. A single event may be larger. */
  historyPageBytes: 512 * 1024,
  /** Calls in flight, per caller. */
  callsInFlight: 10_000,
  /** Calls that a callee has not answered, per session. Stops many callers from piling up work behind one that hangs. */
  invocationsInFlight: 100_000,
  /** Bytes of calls that wait for a callee, or could be routed to another one, per caller; one call may be larger. */
  heldCalls: 4 * 1024 * 1024,
  /** Shapes (which components are empty) of wildcard patterns, per realm, of registrations and of subscriptions. Matching takes time by their number. */
  wildcardShapes: 256,
  /** Bytes of messages that wait in a session for an authorizer's decision. From then on nothing more is read from the client. */
  inbox: 256 * 1024,
  /** The same as a number of messages. */
  inboxMessages: 1_000,
  /** Bytes waiting to be written to one client. A slower one is disconnected. */
  outbox: 4 * 1024 * 1024,
  /** Bytes waiting to be written to all clients of a worker; what many are sent counts once. Stops many slow clients from taking all memory. */
  outboxes: 256 * 1024 * 1024,
  /** How long bytes may wait without any being taken, before the client counts as dead. */
  outboxStall: 10_000,
  /** From a GOODBYE or ABORT of the router to the end of the connection. */
  closeTimeout: 5_000,
} as const;

/** The bounds in force for one listener or worker. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number } & {
  /** Milliseconds in one unit of the `timeout` of calls, by which clients bound them. Default 1, as specified. */
  readonly callTimeoutUnit?: number;
};
