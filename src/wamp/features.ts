import type { Dict } from './dict.ts';

/** By role; the features that are there only where the realm has its meta API. */
const META_API: Readonly<Record<'broker' | 'dealer', readonly string[]>> = {
  broker: ['session_meta_api', 'subscription_meta_api', 'subscription_revocation'],
  dealer: ['session_meta_api', 'registration_meta_api', 'testament_meta_api'],
};

function features(...names: readonly string[]): Dict {
  return { features: Object.fromEntries(names.map((name) => [name, true])) };
}

/**
 * WELCOME.Details.roles: what this router does on a realm, and nothing that it does not.
 * @param realm whether it has its meta API, and with it events of the past; whether its roles
 *   have trust levels
 */
export function routerRoles(realm: {
  readonly metaApi: boolean;
  readonly history: boolean;
  readonly trust: boolean;
}): Dict {
  const more = realm.metaApi ? META_API : { broker: [], dealer: [] };
  const history = realm.metaApi && realm.history ? ['event_history'] : [];
  const trust = (name: string): readonly string[] => (realm.trust ? [name] : []);
  return {
    broker: features(
      'publisher_identification',
      'publisher_exclusion',
      'subscriber_blackwhite_listing',
      'pattern_based_subscription',
      'event_retention',
      'payload_passthru_mode',
      'payload_transparency',
      'payload_encryption_cryptobox',
      ...more.broker,
      ...history,
      ...trust('publication_trustlevels'),
    ),
    dealer: features(
      'caller_identification',
      'pattern_based_registration',
      'shared_registration',
      'registration_revocation',
      'call_canceling',
      'call_timeout',
      'call_reroute',
      'progressive_call_results',
      'progressive_call_invocations',
      'payload_passthru_mode',
      'payload_transparency',
      'payload_encryption_cryptobox',
      ...more.dealer,
      ...trust('call_trustlevels'),
    ),
  };
}
