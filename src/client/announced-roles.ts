import type { Dict } from '../wamp/dict.ts';

function features(...names: readonly string[]): Dict {
  return { features: Object.fromEntries(names.map((name) => [name, true])) };
}

/** HELLO.Details.roles: what a `ClientSession` does in each role. */
export const CLIENT_ROLES: Dict = {
  publisher: features('publisher_identification', 'publisher_exclusion', 'subscriber_blackwhite_listing'),
  subscriber: features('publisher_identification', 'pattern_based_subscription', 'subscription_revocation'),
  caller: features(
    'caller_identification',
    'progressive_call_results',
    'progressive_call_invocations',
    'call_canceling',
  ),
  callee: features(
    'caller_identification',
    'pattern_based_registration',
    'shared_registration',
    'registration_revocation',
    'progressive_call_results',
    'progressive_call_invocations',
    'call_canceling',
    'call_reroute',
  ),
};
