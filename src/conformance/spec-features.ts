/** A feature that a router announces in WELCOME, as the specification has it. */
export interface SpecFeature {
  /** Role and key in WELCOME: `dealer.call_timeout`. */
  readonly id: string;
  readonly title: string;
  /** The specification's own word for how settled it is. */
  readonly stability: 'stable' | 'beta' | 'alpha' | 'sketch';
  /** Roles of clients that announce it too. */
  readonly clients: readonly ClientRole[];
}

type ClientRole = 'publisher' | 'subscriber' | 'caller' | 'callee';

function row(
  id: string,
  title: string,
  stability: SpecFeature['stability'],
  ...clients: readonly ClientRole[]
): SpecFeature {
  return { id, title, stability, clients };
}

/** [WAMP: Advanced Profile, Feature Announcement], and what its sections add. */
export const SPEC_FEATURES: readonly SpecFeature[] = [
  row('broker.event_history', 'Event history', 'beta'),
  row('broker.event_retention', 'Event retention', 'beta'),
  row('broker.pattern_based_subscription', 'Pattern-based subscription', 'stable', 'subscriber'),
  row('broker.payload_passthru_mode', 'Payload passthru mode', 'sketch', 'publisher', 'subscriber'),
  row('broker.publication_trustlevels', 'Publication trust levels', 'alpha', 'subscriber'),
  row('broker.publisher_exclusion', 'Publisher exclusion', 'stable', 'publisher'),
  row('broker.publisher_identification', 'Publisher identification', 'stable', 'publisher', 'subscriber'),
  row('broker.session_meta_api', 'Session meta API (events)', 'beta'),
  row('broker.sharded_subscription', 'Sharded subscription', 'alpha', 'publisher', 'subscriber'),
  row('broker.subscriber_blackwhite_listing', 'Black- and whitelisting of subscribers', 'stable', 'publisher'),
  row('broker.subscription_meta_api', 'Subscription meta API', 'beta'),
  row('broker.subscription_revocation', 'Subscription revocation', 'alpha', 'subscriber'),
  row('broker.topic_reflection', 'Topic reflection', 'sketch'),
  row('dealer.call_canceling', 'Call canceling', 'alpha', 'caller', 'callee'),
  row('dealer.call_reroute', 'Call rerouting', 'sketch', 'callee'),
  row('dealer.call_timeout', 'Call timeouts', 'alpha', 'caller', 'callee'),
  row('dealer.call_trustlevels', 'Call trust levels', 'alpha', 'callee'),
  row('dealer.caller_identification', 'Caller identification', 'stable', 'caller', 'callee'),
  row('dealer.pattern_based_registration', 'Pattern-based registration', 'stable', 'callee'),
  row('dealer.payload_passthru_mode', 'Payload passthru mode', 'sketch', 'caller', 'callee'),
  row('dealer.procedure_reflection', 'Procedure reflection', 'sketch'),
  row('dealer.progressive_call_invocations', 'Progressive call invocations', 'alpha', 'caller', 'callee'),
  row('dealer.progressive_call_results', 'Progressive call results', 'stable', 'caller', 'callee'),
  row('dealer.registration_meta_api', 'Registration meta API', 'beta'),
  row('dealer.registration_revocation', 'Registration revocation', 'alpha', 'callee'),
  row('dealer.session_meta_api', 'Session meta API (procedures)', 'beta'),
  row('dealer.sharded_registration', 'Sharded registration', 'alpha', 'caller', 'callee'),
  row('dealer.shared_registration', 'Shared registration', 'beta', 'callee'),
  row('dealer.testament_meta_api', 'Session testaments', 'beta'),
];

const CLIENT_ROLES: readonly ClientRole[] = ['publisher', 'subscriber', 'caller', 'callee'];

/**
 * HELLO.Details.roles of a session that announces all that a client can, but what `without` names: a role
 * (`callee`) or one of its features (`callee.call_canceling`).
 */
export function announcedBy(without: readonly string[]): Record<string, unknown> {
  const roles = CLIENT_ROLES.filter((role) => !without.includes(role)).map((role) => {
    const names = SPEC_FEATURES.filter(({ clients }) => clients.includes(role))
      .map(({ id }) => id.slice(id.indexOf('.') + 1))
      .filter((name) => !without.includes(`${role}.${name}`));
    return [role, { features: Object.fromEntries(names.map((name) => [name, true])) }];
  });
  return Object.fromEntries(roles);
}
