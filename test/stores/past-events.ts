import type { EventLog, PastEvent } from '../../src/router/event-history.ts';
import { serializerById } from '../../src/serializers/registry.ts';
import { EMPTY } from '../../src/wamp/dict.ts';

/** An event of the past; what a test does not name is the same for all. */
export function pastEvent(more: Partial<PastEvent> & { readonly text?: string }): PastEvent {
  const { text = 'hi', ...rest } = more;
  return {
    time: 1_767_225_600_000,
    publication: 1,
    topic: 'com.topic',
    session: 7,
    authid: 'ann',
    authrole: 'user',
    disclosed: false,
    details: EMPTY,
    lists: EMPTY,
    payload: serializerById('json').encodePayload([text], null),
    ...rest,
  };
}

export function publicationsOf(log: EventLog | undefined, reverse = false): number[] {
  return [...(log?.events(reverse) ?? [])].map(({ publication }) => publication);
}
