/** What a realm keeps of its events. Crossbar: `RealmStoreMemory`, `RealmStoreDatabase`. */

import * as z from 'zod';
import { isUri } from '../wamp/uri.ts';
import { byType, type Config, flag, integer, listOf, nonEmpty, oneOf, strict, text } from './schema-basics.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Events of one topic. What an answer may have to look through, so it is bounded. */
const MOST_EVENTS = 100_000;

/** Calls of one procedure. Each may be as large as a message. */
const MOST_CALLS = 10_000;

const PATTERN = 'a URI, or a pattern as "match" says (components without spaces and #, separated by dots)';
const EMPTY_IN = { exact: 'none', prefix: 'last', wildcard: 'any' } as const;

const match = oneOf(['exact', 'prefix', 'wildcard']).default('exact').describe('How `uri` is meant. Default "exact".');

function checkPattern({ value, issues }: z.core.ParsePayload<{ uri: string; match: keyof typeof EMPTY_IN }>): void {
  const { uri } = value;
  if (isUri(uri, 'loose', EMPTY_IN[value.match])) return;
  issues.push({ code: 'custom', path: ['uri'], message: `expected ${PATTERN}`, input: uri });
}

const eventLog = strict('a topic of the event history', {
  uri: text(PATTERN).describe('The topic, or the pattern of topics, whose events are kept.'),
  match,
  limit: integer(1, MOST_EVENTS)
    .exactOptional()
    .describe('Events to keep; beyond it the oldest go. Default: `limit` of the store.'),
})
  .check(checkPattern)
  .meta({ id: 'event-history', description: 'A topic, or a pattern of topics, whose events are kept.' });

const callQueue = strict('a procedure of the call queue', {
  uri: text(PATTERN).describe('The registered procedure, or the pattern of procedures, whose calls may wait.'),
  match,
  limit: integer(1, MOST_CALLS)
    .exactOptional()
    .describe('Calls that may wait; beyond it they are refused. Default: `limit` of the store.'),
})
  .check(checkPattern)
  .meta({ id: 'call-queue', description: 'A procedure, or a pattern of procedures, whose calls may wait.' });

function areDistinct(logs: readonly { readonly uri: string; readonly match: string }[]): boolean {
  return new Set(logs.map(({ uri, match }) => `${match} ${uri}`)).size === logs.length;
}

const common = {
  limit: integer(1, MOST_EVENTS)
    .default(100)
    .describe(
      'Events that each topic keeps, and calls that wait for each procedure, where they have no `limit` of their own. Default 100.',
    ),
  'event-history': listOf(eventLog, 'topics')
    .refine(areDistinct, { error: 'expected each topic once' })
    .default([])
    .describe('The topics whose events are kept, for `wamp.subscription.get_events`.'),
  'call-queue': listOf(callQueue, 'procedures')
    .refine(areDistinct, { error: 'expected each procedure once' })
    .exactOptional()
    .describe(
      'The procedures whose calls wait when their callees have as many as they take (`concurrency`). Default: all, as in Crossbar, where nothing bounds them.',
    ),
};

const memory = strict('a store in memory', {
  type: z.literal('memory').describe('In memory: gone when the node stops.'),
  ...common,
}).meta({ id: 'store-memory', description: 'A store in memory.' });

/** Crossbar's type of that name: a database in a file. Its files are not read: they have another format. */
const cfxdb = strict('a store in a database', {
  type: z.literal('cfxdb').describe('In a database, that is there when the node comes back. Needs the package `lmdb`.'),
  path: nonEmpty('the path of a directory').describe(
    'Directory of the database, relative to the node directory. It is made where it is absent, and belongs to one realm of one node.',
  ),
  maxsize: integer(128 * KIB, 128 * GIB, ' bytes')
    .default(128 * MIB)
    .describe('About how many bytes the database may have: events take up to half of them. Default 128 MiB.'),
  readonly: flag().default(false).describe('Only read what is there, and keep nothing new. Default false.'),
  sync: flag().default(true).describe('Whether PUBLISHED waits until the event is on the disk. Default true.'),
  'max-buffer': integer(1, 1_000_000)
    .default(10_000)
    .describe('Events that may wait to be written; what comes beyond is not kept. Default 10000.'),
  'buffer-flush': integer(1, 60_000, ' ms')
    .default(200)
    .describe('How long an event may wait to be written that nobody waits for, in milliseconds. Default 200.'),
  ...common,
}).meta({ id: 'store-cfxdb', description: 'A store in a database.' });

export const store = byType('a store', ['memory', 'cfxdb'], [memory, cfxdb]);

export type StoreConfig = Config<typeof store>;
