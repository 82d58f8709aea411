import type { Dict } from './dict.ts';

function features(...names: readonly string[]): Dict {
  return { features: Object.fromEntries(names.map((name) => [name, true])) };
}

/** WELCOME.Details.roles: what this router does, and nothing that it does not. */
export const ROUTER_ROLES: Dict = {
  broker: features(
    'publisher_identification',
    'publisher_exclusion',
    'subscriber_blackwhite_listing',
    'payload_passthru_mode',
    'payload_transparency',
    'payload_encryption_cryptobox',
  ),
  dealer: features(
    'caller_identification',
    'call_canceling',
    'progressive_call_results',
    'payload_passthru_mode',
    'payload_transparency',
    'payload_encryption_cryptobox',
  ),
};
