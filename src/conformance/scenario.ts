import * as z from 'zod';

/**
 * What scenarios are written in. A message is a list as on the wire, with the message's name for its code:
 * `["CALL", "#call", {}, "~.add", [2, 3]]`.
 *
 * Strings of a message that is sent or expected:
 * - `~.add`  a URI below one that no other scenario uses
 * - `#call`  (sent only) the session's next request id, remembered as `call`
 * - `$call`  what is remembered as `call`; where nothing is yet, an expected message teaches it
 * - `$realm`  the realm that is tried
 * - `$alice.session`, `$alice.authid`, `$alice.authrole`  what WELCOME gave the session `alice`
 * - `*`, `<id>`, `<int>` …  (expected only) placeholders, see `pattern.ts`
 */
const message = z.array(z.unknown()).min(1);
const dict = z.record(z.string(), z.unknown());
const name = z.string().regex(/^[a-z][a-z\d]*$/, 'the name of a session: lower-case letters and digits');

const sessionSchema = z.strictObject({
  /** How far it is before the first step: on the realm, connected only, or neither. Default: `joined`. */
  begins: z.enum(['joined', 'connected', 'absent']).default('joined'),
  /** The one that is tried, or the second one: then the scenario needs `realms`. */
  realm: z.enum(['tried', 'other']).default('tried'),
  /** What it does not announce: a role (`callee`) or a feature of it (`callee.call_canceling`). */
  without: z.array(z.string()).default([]),
  /** What came and was not expected does not matter. */
  careless: z.boolean().default(false),
});

const stepSchema = z.union([
  z.strictObject({ from: name, send: message }),
  /** One message of these bytes. */
  z.strictObject({ from: name, text: z.string() }),
  z.strictObject({ from: name, hex: z.string().regex(/^(?:[\da-f]{2})*$/) }),
  /** The next message is this one; within that many milliseconds, where the usual time does not do. */
  z.strictObject({ to: name, expect: message, within: z.number().optional() }),
  /** The next message is one of these. */
  z.strictObject({ to: name, either: z.array(message).min(2) }),
  /** The next messages are these, in whatever order. */
  z.strictObject({ to: name, unordered: z.array(message).min(2) }),
  /** One of these sessions gets this message next, and is `as` from now on; the rest are `others`. */
  z.strictObject({
    whichever: z.array(name).min(2),
    message,
    as: name,
    others: z.array(name).min(1),
  }),
  /** This message comes; what comes before it does not matter. */
  z.strictObject({ to: name, eventually: message }),
  /** All that was sent has been processed, and nothing came. */
  z.strictObject({ nothing: z.array(name).min(1) }),
  /** CALL and what answers it; with `invoked`, that session gets the INVOCATION and answers it with the `result`. */
  z.strictObject({
    from: name,
    call: z.string(),
    options: dict.optional(),
    args: z.array(z.unknown()).optional(),
    kwargs: dict.optional(),
    invoked: name.optional(),
    details: dict.optional(),
    result: z.array(z.unknown()).optional(),
    error: z.unknown().optional(),
  }),
  /** REGISTER, SUBSCRIBE and what answers it; the id is remembered `as`. */
  z.strictObject({
    from: name,
    register: z.string(),
    options: dict.optional(),
    as: z.string().optional(),
    error: z.unknown().optional(),
  }),
  z.strictObject({
    from: name,
    subscribe: z.string(),
    options: dict.optional(),
    as: z.string().optional(),
    error: z.unknown().optional(),
  }),
  z.strictObject({ from: name, unregister: z.string(), error: z.unknown().optional() }),
  z.strictObject({ from: name, unsubscribe: z.string(), error: z.unknown().optional() }),
  /** PUBLISH; where it is to be acknowledged, PUBLISHED, whose id is remembered `as`. */
  z.strictObject({
    from: name,
    publish: z.string(),
    options: dict.optional(),
    args: z.array(z.unknown()).optional(),
    kwargs: dict.optional(),
    as: z.string().optional(),
  }),
  /** What WELCOME told this session when it joined last. */
  z.strictObject({ welcomed: name, details: dict }),
  /** Lets that many milliseconds pass: only for clauses on time. */
  z.strictObject({ pause: z.number().int().positive().max(1_000) }),
  /** Connects, and is not on the realm yet. */
  z.strictObject({ connect: name }),
  /** Connects where it is not connected, and joins the realm. */
  z.strictObject({ join: name }),
  /** As `join`, by one of `LOGIN_METHODS`. */
  z.strictObject({ login: name, by: z.string(), authid: z.string().optional(), secret: z.string() }),
  /** GOODBYE and its answer. */
  z.strictObject({ leave: name }),
  /** Ends the connection without a word. */
  z.strictObject({ cut: name }),
  /** The router ends the connection. */
  z.strictObject({ ended: name }),
]);

const LEVELS = ['MUST', 'SHOULD', 'MAY', 'DESCRIBED'] as const;

const clauseSchema = z.strictObject({
  /** The heading of the specification's text under which it stands. */
  section: z.string(),
  /** `DESCRIBED`: said of the protocol without one of the three words. */
  level: z.enum(LEVELS),
  /** What it says, in words of our own. */
  says: z.string(),
  /** Why no scenario can try it. */
  untried: z.string().optional(),
});

const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z\d-]+(?:\.[a-z\d-]+)+$/),
  title: z.string(),
  clause: z.string(),
  /** What WELCOME announces where it is to work: `dealer.call_canceling`. Default: the chapter's. */
  feature: z.string().nullable().optional(),
  /** What the router must be set up for. */
  needs: z.array(z.string()).default([]),
  transports: z.array(z.enum(['websocket', 'rawsocket', 'longpoll'])).optional(),
  serializers: z.array(z.string()).optional(),
  /** Nothing else may happen on the realm meanwhile. */
  alone: z.boolean().default(false),
  sessions: z.record(name, z.union([sessionSchema, z.null()])),
  steps: z.array(stepSchema).min(1),
});

const chapterSchema = z.strictObject({
  title: z.string(),
  /** File of the specification, below `rfc/text/`. */
  source: z.string(),
  /** The feature that its scenarios try; null where none is announced: the Basic Profile and logins. */
  feature: z.string().nullable(),
  clauses: z.record(z.string(), clauseSchema),
  scenarios: z.array(scenarioSchema),
});

export type ScenarioSession = z.output<typeof sessionSchema>;
export type Step = z.output<typeof stepSchema>;
export type Clause = z.output<typeof clauseSchema>;

/** A scenario with all that its chapter says of it. */
export interface Scenario extends Omit<z.output<typeof scenarioSchema>, 'clause' | 'feature' | 'sessions'> {
  readonly chapter: string;
  readonly source: string;
  readonly clauseId: string;
  readonly clause: Clause;
  readonly feature: string | null;
  readonly sessions: ReadonlyMap<string, ScenarioSession>;
}

export interface Chapter {
  readonly title: string;
  readonly source: string;
  readonly feature: string | null;
  readonly clauses: ReadonlyMap<string, Clause>;
  readonly scenarios: readonly Scenario[];
}

/**
 * Reads a chapter of scenarios.
 * @throws Error naming what is wrong and where
 */
export function readChapter(text: string): Chapter {
  const parsed = chapterSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { title, source, feature } = parsed.data;
  const clauses = new Map(Object.entries(parsed.data.clauses));
  const scenarios = parsed.data.scenarios.map(({ clause: clauseId, sessions, ...scenario }): Scenario => {
    const clause = clauses.get(clauseId);
    if (clause === undefined) throw new Error(`${scenario.id}: there is no clause ${clauseId}`);
    return {
      ...scenario,
      chapter: title,
      source,
      clauseId,
      clause,
      feature: scenario.feature === undefined ? feature : scenario.feature,
      sessions: new Map(Object.entries(sessions).map(([id, given]) => [id, given ?? sessionSchema.parse({})])),
    };
  });
  return { title, source, feature, clauses, scenarios };
}
