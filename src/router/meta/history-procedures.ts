/** [WAMP: Event History] */
import { serializerById } from '../../serializers/registry.ts';
import { type Dict, EMPTY } from '../../wamp/dict.ts';
import { ERRORS, WampError } from '../../wamp/errors.ts';
import { LIMITS } from '../../wamp/limits.ts';
import type { Match } from '../../wamp/uri.ts';
import { disclose } from '../disclosure.ts';
import type { EventLog, PastEvent } from '../event-history.ts';
import { type HistoryQuery, select } from '../history-query.ts';
import type { Member } from '../member.ts';
import type { Subscription } from '../subscription.ts';
import { isProtectedUri } from './observation-procedures.ts';
import { boolean, id, integer, optional, string, time } from './parameters.ts';
import { type MetaCall, type MetaProcedure, procedure } from './procedure.ts';

/** What Crossbar gives where no limit is asked for. */
const FEW = 10;

const msgpack = serializerById('msgpack');

interface Source {
  readonly subscription: Subscription;
  readonly log: EventLog;
}

/** @throws WampError where there is none, or none for the caller */
function logFor({ realm, caller }: MetaCall, subscriptionId: number): Source {
  const subscription = realm.broker.byId(subscriptionId);
  if (subscription === undefined) {
    const text = `no subscription with ID ${subscriptionId} exists on this broker`;
    throw new WampError(ERRORS.noSuchSubscription.uri, [text]);
  }
  const { topic, match, log } = subscription;
  requireAccess(caller, { topic, match, subscriptions: [subscription] });
  if (log === null) {
    const text = 'event history for the given subscription is not available or enabled';
    throw new WampError(ERRORS.historyUnavailable.uri, [text]);
  }
  return { subscription, log };
}

/**
 * What is kept of one topic: as a subscription of its own, or else by the pattern that fits it best.
 * @throws WampError where there is none, or none for the caller
 */
function logForTopic({ realm, caller }: MetaCall, topic: string): Source {
  const { subscriptions } = realm.broker;
  const exact = subscriptions.exact(topic);
  const all = [...(exact === undefined ? [] : [exact]), ...subscriptions.patterns(topic)];
  requireAccess(caller, { topic, match: 'exact', subscriptions: all });
  for (const subscription of all) if (subscription.log !== null) return { subscription, log: subscription.log };
  const text = `event history for "${topic}" is not available or enabled`;
  throw new WampError(ERRORS.historyUnavailable.uri, [text]);
}

/** What somebody wants to know about: a topic or pattern, and what there is of subscriptions that cover it. */
interface Wanted {
  readonly topic: string;
  readonly match: Match;
  readonly subscriptions: readonly Subscription[];
}

/** @throws WampError where the caller may not know */
function requireAccess(caller: Member, wanted: Wanted): void {
  const { topic } = wanted;
  if (isProtectedUri(topic) && !caller.trusted) {
    const text = `not authorized to retrieve event history for protected URI "${topic}"`;
    throw new WampError(ERRORS.notAuthorized.uri, [text]);
  }
  if (!maySubscribe(caller, wanted)) {
    const text = `not authorized to retrieve event history: it takes the right to subscribe to "${topic}"`;
    throw new WampError(ERRORS.notAuthorized.uri, [text]);
  }
}

/** Who is subscribed was asked then. Where somebody else has to be asked first, nobody waits: who may subscribe, can. */
function maySubscribe(caller: Member, { subscriptions, match, topic }: Wanted): boolean {
  if (subscriptions.some((subscription) => subscription.has(caller))) return true;
  const { peer } = caller;
  const authorization = peer.role.authorizer.authorize(peer, 'subscribe', topic, { match });
  if (authorization.allow === null) authorization.cancel();
  return authorization.allow === true;
}

/** The keys of the specification and those of Crossbar. */
function shown(event: PastEvent, { id: subscription, match }: Subscription, realm: string): Dict {
  const { publication, topic, time: at, disclosed } = event;
  const { session, authid, authrole } = event;
  let details = match === 'exact' ? event.details : { ...event.details, topic };
  if (disclosed) details = disclose(details, 'publisher', { session, authid, authrole });
  return {
    timestamp: new Date(at).toISOString(),
    time_ns: BigInt(at) * 1_000_000n,
    subscription,
    publication,
    topic,
    details: details === EMPTY ? {} : details,
    realm,
    session_id: disclosed ? session : null,
    authid: disclosed ? authid : null,
    authrole: disclosed ? authrole : null,
    ...argumentsOf(event),
  };
}

/** Arguments of payload passthru are one binary. */
function argumentsOf({ payload }: PastEvent): Dict {
  const [args, kwargs] = payload.serializer.decodePayload(payload);
  if (args instanceof Uint8Array) return { payload: args };
  return { args: args ?? [], kwargs: kwargs ?? {} };
}

/** How many bytes it takes in an answer; null where it cannot be in one: nested as deeply as may be, it would be nested deeper. */
function sizeInAnswer(entry: Dict): number | null {
  try {
    return msgpack.encodePayload([[entry]], null).end;
  } catch {
    return null;
  }
}

function page(events: Iterable<PastEvent>, subscription: Subscription, realm: string): Dict[] {
  const entries: Dict[] = [];
  let bytes = 0;
  for (const event of events) {
    let entry = shown(event, subscription, realm);
    let size = sizeInAnswer(entry);
    if (size === null) {
      entry = { ...entry, args: null, kwargs: null };
      size = sizeInAnswer(entry) ?? 0;
    }
    bytes += size;
    if (entries.length > 0 && bytes > LIMITS.historyPageBytes) return entries;
    entries.push(entry);
  }
  return entries;
}

/** All that is kept, in the order of its publication, as far as an answer may be long. */
const EVERYTHING: HistoryQuery = {
  reverse: false,
  limit: LIMITS.historyPage,
  topic: null,
  fromTime: null,
  afterTime: null,
  beforeTime: null,
  untilTime: null,
  fromPublication: null,
  afterPublication: null,
  beforePublication: null,
  untilPublication: null,
};

/** @param query which of the events of `topic` */
function ofTopic(call: MetaCall, topic: string, query: Partial<HistoryQuery>): Dict[] {
  const { subscription, log } = logForTopic(call, topic);
  const events = select(log, { ...EVERYTHING, ...query, topic }, call.caller.peer);
  return page(events, subscription, call.realm.name);
}

/** By topic, as the specification had it until 2022, with answers as those of today. */
const TOPIC_HISTORY_PROCEDURES: readonly MetaProcedure[] = [
  procedure('wamp.topic.history.last', [string('topic'), integer('limit', 1)], (call, topic, limit) =>
    ofTopic(call, topic, { limit, reverse: true }).reverse(),
  ),
  procedure('wamp.topic.history.since', [string('topic'), time('timestamp')], (call, topic, timestamp) =>
    ofTopic(call, topic, { fromTime: Date.parse(timestamp) }),
  ),
  procedure('wamp.topic.history.after', [string('topic'), id('publication')], (call, topic, afterPublication) =>
    ofTopic(call, topic, { afterPublication }),
  ),
];

export const HISTORY_PROCEDURES: readonly MetaProcedure[] = [
  procedure(
    'wamp.subscription.get_events',
    [
      id('subscription_id'),
      optional(integer('limit', 1)),
      optional(boolean('reverse')),
      optional(string('topic')),
      optional(time('from_time')),
      optional(time('after_time')),
      optional(time('before_time')),
      optional(time('until_time')),
      optional(id('from_publication')),
      optional(id('after_publication')),
      optional(id('before_publication')),
      optional(id('until_publication')),
    ],
    (call, subscriptionId, limit, reverse, topic, ...bounds) => {
      const { subscription, log } = logFor(call, subscriptionId);
      const [fromTime, afterTime, beforeTime, untilTime, ...publications] = bounds;
      const [fromPublication, afterPublication, beforePublication, untilPublication] = publications;
      // Crossbar knows no more than a limit, and gives the newest first; who asks for more knows the specification.
      const asCrossbar = [reverse, topic, ...bounds].every((value) => value === null);
      const query: HistoryQuery = {
        reverse: reverse ?? asCrossbar,
        limit: limit ?? (asCrossbar ? FEW : LIMITS.historyPage),
        topic,
        fromTime: milliseconds(fromTime),
        afterTime: milliseconds(afterTime),
        beforeTime: milliseconds(beforeTime),
        untilTime: milliseconds(untilTime),
        fromPublication,
        afterPublication,
        beforePublication,
        untilPublication,
      };
      return page(select(log, query, call.caller.peer), subscription, call.realm.name);
    },
  ),
  ...TOPIC_HISTORY_PROCEDURES,
];

function milliseconds(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
