import type { Dict } from '../wamp/dict.ts';
import type { Peer } from './peer.ts';

type Filter = (peer: Peer) => boolean;

function listed(value: unknown): ReadonlySet<unknown> | null {
  if (value === undefined || value === null) return null;
  return new Set(value as readonly unknown[]);
}

const ATTRIBUTES: readonly [suffix: string, of: (peer: Peer) => unknown][] = [
  ['', (peer) => peer.session],
  ['_authid', (peer) => peer.authid],
  ['_authrole', (peer) => peer.authrole],
];

/**
 * [WAMP: Subscriber Black- and Whitelisting] Who of the subscribers receives a publication with these
 * options; null where all do. Each `eligible…` list given must name the subscriber, and no `exclude…`
 * list may. An empty `eligible` list lets nobody receive, as specified (Crossbar takes it as absent).
 */
export function audience(options: Dict): Filter | null {
  const filters: Filter[] = [];
  for (const [suffix, of] of ATTRIBUTES) {
    const eligible = listed(options[`eligible${suffix}`]);
    if (eligible !== null) filters.push((peer) => eligible.has(of(peer)));
    const excluded = listed(options[`exclude${suffix}`]);
    if (excluded !== null) filters.push((peer) => !excluded.has(of(peer)));
  }
  return filters.length === 0 ? null : (peer) => filters.every((filter) => filter(peer));
}
