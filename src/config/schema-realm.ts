/** Realms. Crossbar: `check_router_realm`. */
import { NOT_YET } from './refusals.ts';
import { type Config, flag, id, integer, listOf, oneOf, pattern, refused, strict } from './schema-basics.ts';
import { role } from './schema-permission.ts';
import { store } from './schema-store.ts';

/** Crossbar's realm names: a plain name, or an Ethereum address. */
export const REALM_NAME = /^(?:[A-Za-z][A-Za-z\d_\-@.]{2,254}|0x[A-Fa-f\d]{40})$/;

export const realmName = pattern(
  REALM_NAME,
  'the name of a realm (3 to 255 characters from A-Z, a-z, 0-9, _, -, @ and ., beginning with a letter)',
);

/** What a timer can wait for. */
const MOST_SECONDS = 2_147_483;

const realmOptions = strict('options of a realm', {
  uri_check: oneOf(['loose', 'strict'])
    .default('loose')
    .describe(
      'Which URIs clients may use: `strict` allows only a-z, 0-9 and _ in components. Default "loose", as in Crossbar\'s code.',
    ),
  enable_meta_api: flag()
    .default(true)
    .describe('Offer the WAMP meta API (`wamp.session.count` …) on the realm, and publish its events. Default true.'),
  bridge_meta_api: flag()
    .refine((wanted) => !wanted, { error: NOT_YET })
    .default(false)
    .describe('Repeat the meta API on the management realm. Only false is supported yet.'),
  event_dispatching_chunk_size: integer(1, Number.MAX_SAFE_INTEGER)
    .default(100)
    .describe(
      'Subscribers served before others get a turn. Default 100. Has no effect here: events are written in batches.',
    ),
});

/** Crossbar: `check_router_realm_stats`, and the assertions at each join. */
const realmStats = strict('stats of a realm', {
  rated_message_size: integer(2, Number.MAX_SAFE_INTEGER)
    .refine((size) => size % 2 === 0, { error: 'must be even' })
    .default(512)
    .describe('Bytes that count as one rated message; a longer message counts several times. Even. Default 512.'),
  trigger_after_rated_messages: integer(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('Publish `wamp.session.on_stats` of a session each time it exchanged so many rated messages. 0: do not.'),
  trigger_after_duration: integer(0, MOST_SECONDS)
    .default(0)
    .describe(
      'Publish it when a session that exchanges messages was not told of for so many seconds (Crossbar counts nanoseconds). 0: do not.',
    ),
  trigger_on_join: flag().default(false).describe('Publish it when a session joins. Default false.'),
  trigger_on_leave: flag().default(true).describe('Publish it when a session ends. Default true.'),
}).refine((stats) => stats.trigger_after_rated_messages > 0 || stats.trigger_after_duration > 0, {
  error: 'needs "trigger_after_rated_messages" or "trigger_after_duration" above 0',
});

export const realm = strict('a realm', {
  id: id('realm'),
  name: realmName.describe('Name of the realm: what clients join.'),
  options: realmOptions.prefault({}).describe('Options of the realm.'),
  roles: listOf(role, 'roles')
    .default([])
    .describe('Roles of the realm. A session whose role is not here cannot join.'),
  store: store.exactOptional().describe('What the realm keeps of its events. Default: nothing.'),
  inventory: refused(NOT_YET),
  stats: realmStats.optional().describe('When statistics of a session are published, beside when it ends.'),
  rlinks: refused(NOT_YET),
}).meta({ id: 'realm', description: 'A realm: an isolated routing space.' });

export type RealmConfig = Config<typeof realm>;
