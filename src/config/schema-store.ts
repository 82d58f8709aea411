/** What a realm keeps of its events. Crossbar: `RealmStoreMemory`, `RealmStoreDatabase`. */

import { z } from 'zod';
import { isUri } from '../wamp/uri.ts';
import { NOT_YET } from './refusals.ts';
import { byType, type Config, integer, listOf, oneOf, refused, strict, text } from './schema-basics.ts';

/** Events of one topic. What an answer may have to look through, so it is bounded. */
const MOST_EVENTS = 100_000;

const TOPIC = 'a URI, or a pattern as "match" says (components without spaces and #, separated by dots)';
const EMPTY_IN = { exact: 'none', prefix: 'last', wildcard: 'any' } as const;

const eventLog = strict('a topic of the event history', {
  uri: text(TOPIC).describe('The topic, or the pattern of topics, whose events are kept.'),
  match: oneOf(['exact', 'prefix', 'wildcard']).default('exact').describe('How `uri` is meant. Default "exact".'),
  limit: integer(1, MOST_EVENTS)
    .exactOptional()
    .describe('Events to keep; beyond it the oldest go. Default: `limit` of the store.'),
})
  .refine(({ uri, match }) => isUri(uri, 'loose', EMPTY_IN[match]), { path: ['uri'], error: `expected ${TOPIC}` })
  .meta({ id: 'event-history', description: 'A topic, or a pattern of topics, whose events are kept.' });

function areDistinct(logs: readonly { readonly uri: string; readonly match: string }[]): boolean {
  return new Set(logs.map(({ uri, match }) => `${match} ${uri}`)).size === logs.length;
}

const common = {
  limit: integer(1, MOST_EVENTS)
    .default(100)
    .describe('Events that each topic keeps that has no `limit` of its own. Default 100.'),
  'event-history': listOf(eventLog, 'topics')
    .refine(areDistinct, { error: 'expected each topic once' })
    .default([])
    .describe('The topics whose events are kept, for `wamp.subscription.get_events`.'),
  'call-queue': refused(NOT_YET),
};

const memory = strict('a store in memory', {
  type: z.literal('memory').describe('In memory: gone when the node stops.'),
  ...common,
}).meta({ id: 'store-memory', description: 'A store in memory.' });

export const store = byType('a store', ['memory'], [memory]);

export type StoreConfig = Config<typeof store>;
