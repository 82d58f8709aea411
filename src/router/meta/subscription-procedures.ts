/** [WAMP: Subscription Meta API] */
import { ERRORS } from '../../wamp/errors.ts';
import type { Subscription } from '../subscription.ts';
import { isProtectedUri, type ObservationKind, observationProcedures } from './observation-procedures.ts';
import { string } from './parameters.ts';
import { type MetaProcedure, procedure } from './procedure.ts';

export const SUBSCRIPTIONS: ObservationKind<Subscription> = {
  word: 'subscription',
  noun: 'topic',
  holder: 'subscriber',
  keeper: 'broker',
  done: 'subscribed',
  noSuch: ERRORS.noSuchSubscription,
  find: ({ broker }, id) => broker.byId(id),
  lookUp: ({ broker }, match, topic) => broker.subscriptions.get(match, topic),
  list: ({ broker }, match) => broker.subscriptions.entries(match),
  heldBy: (member) => member.subscriptions.values(),
  uriOf: ({ topic }) => topic,
  detailsOf: ({ id, created, topic, match }) => ({ id, created: created.toISOString(), uri: topic, match }),
  holdersOf: ({ subscribers }) => subscribers,
  remove: ({ broker }, subscription, member, reason) => broker.revoke(member, subscription, reason),
};

export const SUBSCRIPTION_PROCEDURES: readonly MetaProcedure[] = [
  ...observationProcedures(SUBSCRIPTIONS),
  procedure('wamp.subscription.match', [string('topic')], ({ realm, caller }, topic) => {
    const { subscriptions } = realm.broker;
    const exact = subscriptions.exact(topic);
    const found = [...(exact === undefined ? [] : [exact]), ...subscriptions.patterns(topic)]
      .filter((subscription) => caller.trusted || !isProtectedUri(subscription.topic))
      .map(({ id }) => id);
    return found.length === 0 ? null : found;
  }),
];
