/**
 * The protocol as a table: one row per message. Readers, writers, the session's state machine and
 * the fuzzers all read the row; nothing else in the project knows the shape of a message.
 * [WAMP: Messages]
 */
import { type MessageName, Msg } from './messages.ts';

/**
 * What an element of a message is.
 * - `id`    an integer 1..2^53 (0 is let through for the request id of router-initiated UNSUBSCRIBED / UNREGISTERED)
 * - `code`  the code of the message an ERROR answers
 * - `dict`  Options or Details
 * - `text`  a string: URI, authmethod or signature (what kind is checked where it is used)
 * - `realm` a string, or null where the client leaves the realm to the authenticator (HELLO)
 */
export type FieldKind = 'id' | 'code' | 'dict' | 'text' | 'realm';

/** Who sends it: a client, a router, or either. */
export type Direction = 'client' | 'router' | 'both';

/**
 * A state of a session, seen from the router.
 * - `establishing` connected, no HELLO yet (or a former session on the same transport is over)
 * - `authenticating` HELLO or AUTHENTICATE is being decided
 * - `challenging` CHALLENGE is out, AUTHENTICATE is awaited
 * - `established` WELCOME is out
 * - `closing` the router said GOODBYE and waits for the client's
 */
export type SessionState = 'establishing' | 'authenticating' | 'challenging' | 'established' | 'closing';

export interface MessageRow {
  readonly name: MessageName;
  readonly code: Msg;
  /** Elements after the code, in order. At most two integers, one dictionary and one string occur. */
  readonly fields: readonly FieldKind[];
  /** How many of the last `fields` may be absent. */
  readonly optional: number;
  /** Whether Arguments|list and ArgumentsKw|dict (or one binary: payload passthru) may follow. */
  readonly payload: boolean;
  readonly from: Direction;
  /** The states in which the router accepts it from a client. Empty for messages that only routers send, or that belong to a feature not announced. */
  readonly legalIn: readonly SessionState[];
  /** Whether `established` is among them: what nearly every message is asked. */
  readonly legalInEstablished: boolean;
}

const ESTABLISHED: readonly SessionState[] = ['established'];
const NEVER: readonly SessionState[] = [];

function row(
  name: MessageName,
  fields: readonly FieldKind[],
  from: Direction,
  legalIn: readonly SessionState[],
  more: { payload?: boolean; optional?: number } = {},
): MessageRow {
  const { payload = false, optional = 0 } = more;
  const legalInEstablished = legalIn.includes('established');
  return { name, code: Msg[name], fields, from, legalIn, legalInEstablished, payload, optional };
}

const PAYLOAD = { payload: true };

export const MESSAGE_TABLE: readonly MessageRow[] = [
  row('HELLO', ['realm', 'dict'], 'client', ['establishing']),
  row('WELCOME', ['id', 'dict'], 'router', NEVER),
  row(
    'ABORT',
    ['dict', 'text'],
    'both',
    ['establishing', 'authenticating', 'challenging', 'established', 'closing'],
    PAYLOAD,
  ),
  row('CHALLENGE', ['text', 'dict'], 'router', NEVER),
  row('AUTHENTICATE', ['text', 'dict'], 'client', ['challenging']),
  row('GOODBYE', ['dict', 'text'], 'both', ['established', 'closing'], PAYLOAD),
  row('ERROR', ['code', 'id', 'dict', 'text'], 'both', ESTABLISHED, PAYLOAD),
  row('PUBLISH', ['id', 'dict', 'text'], 'client', ESTABLISHED, PAYLOAD),
  row('PUBLISHED', ['id', 'id'], 'router', NEVER),
  row('SUBSCRIBE', ['id', 'dict', 'text'], 'client', ESTABLISHED),
  row('SUBSCRIBED', ['id', 'id'], 'router', NEVER),
  row('UNSUBSCRIBE', ['id', 'id'], 'client', ESTABLISHED),
  row('UNSUBSCRIBED', ['id', 'dict'], 'router', NEVER, { optional: 1 }),
  row('EVENT', ['id', 'id', 'dict'], 'router', NEVER, PAYLOAD),
  row('CALL', ['id', 'dict', 'text'], 'client', ESTABLISHED, PAYLOAD),
  row('CANCEL', ['id', 'dict'], 'client', ESTABLISHED),
  row('RESULT', ['id', 'dict'], 'router', NEVER, PAYLOAD),
  row('REGISTER', ['id', 'dict', 'text'], 'client', ESTABLISHED),
  row('REGISTERED', ['id', 'id'], 'router', NEVER),
  row('UNREGISTER', ['id', 'id'], 'client', ESTABLISHED),
  row('UNREGISTERED', ['id', 'dict'], 'router', NEVER, { optional: 1 }),
  row('INVOCATION', ['id', 'id', 'dict'], 'router', NEVER, PAYLOAD),
  row('INTERRUPT', ['id', 'dict'], 'router', NEVER),
  row('YIELD', ['id', 'dict'], 'client', ESTABLISHED, PAYLOAD),
  row('EVENT_RECEIVED', ['id'], 'client', NEVER),
];

/** Above the highest code of a message. */
export const CODES = 338;

const BY_CODE: readonly (MessageRow | undefined)[] = (() => {
  const byCode: (MessageRow | undefined)[] = new Array(CODES).fill(undefined);
  for (const entry of MESSAGE_TABLE) byCode[entry.code] = entry;
  return byCode;
})();

/** The row of a message code, or undefined where no message has it. */
export function messageRow(code: number): MessageRow | undefined {
  return BY_CODE[code];
}
