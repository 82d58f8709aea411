import { ProtocolViolation } from '../wamp/errors.ts';
import { messageRow } from '../wamp/message-table.ts';

/**
 * Where the message being read is wrong, if it turns out to be. One record for all readers: reading is
 * synchronous, and noting two small integers costs the hot path nothing.
 */
export const place: { code: number; element: number } = { code: 0, element: 0 };

/** What to throw: names the message and the element, never the peer's data. */
export function violation(text: string): ProtocolViolation {
  const name = messageRow(place.code)?.name ?? 'message';
  return new ProtocolViolation(place.element === 0 ? `${name}: ${text}` : `${name}: element ${place.element}: ${text}`);
}

/** The bytes end before the message does. */
export function truncated(): ProtocolViolation {
  return violation('ends too early');
}
