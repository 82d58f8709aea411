import { type Dict, EMPTY } from '../wamp/dict.ts';
import type { Peer } from './peer.ts';

/** Who of the subscribers receives an event. */
export type Audience = (peer: Recipient) => boolean;

type Recipient = Pick<Peer, 'session' | 'authid' | 'authrole'>;

interface Attribute {
  readonly suffix: string;
  of(peer: Recipient): unknown;
}

const SESSION: Attribute = { suffix: '', of: (peer) => peer.session };
/** What stays the same when a client comes back. */
const LASTING: readonly Attribute[] = [
  { suffix: '_authid', of: (peer) => peer.authid },
  { suffix: '_authrole', of: (peer) => peer.authrole },
];
const ATTRIBUTES: readonly Attribute[] = [SESSION, ...LASTING];
const LASTING_KEYS: readonly string[] = LASTING.flatMap(({ suffix }) => [`eligible${suffix}`, `exclude${suffix}`]);

/**
 * [WAMP: Subscriber Black- and Whitelisting] Who of the subscribers receives a publication with these
 * options; null where all do. Each `eligible…` list given must name the subscriber, and no `exclude…`
 * list may. An empty `eligible` list lets nobody receive, as specified (Crossbar takes it as absent).
 */
export function audience(options: Dict): Audience | null {
  if (options === EMPTY) return null;
  const filters: Audience[] = [];
  for (const { suffix, of } of ATTRIBUTES) {
    const eligible = listed(options[`eligible${suffix}`]);
    if (eligible !== null) filters.push((peer) => eligible.has(of(peer)));
    const excluded = listed(options[`exclude${suffix}`]);
    if (excluded !== null) filters.push((peer) => !excluded.has(of(peer)));
  }
  if (filters.length < 2) return filters[0] ?? null;
  return (peer) => filters.every((filter) => filter(peer));
}

/** Whether sessions are chosen by their ids, which mean nothing to those that come later. */
export function choosesSessions(options: Dict): boolean {
  return listOf(options['eligible']) !== null || listOf(options['exclude']) !== null;
}

/** The lists that also hold for sessions that come later: by authid and authrole. */
export function lastingLists(options: Dict): Dict {
  let lists: Dict = EMPTY;
  for (const key of LASTING_KEYS) {
    const list = listOf(options[key]);
    if (list === null) continue;
    if (lists === EMPTY) lists = {};
    lists[key] = list;
  }
  return lists;
}

/** About how many bytes the lists of these options hold in memory. */
export function sizeOfLists(options: Dict): number {
  if (options === EMPTY) return 0;
  let size = 0;
  for (const { suffix } of ATTRIBUTES) {
    for (const key of [`eligible${suffix}`, `exclude${suffix}`]) {
      for (const item of listOf(options[key]) ?? []) size += typeof item === 'string' ? 24 + 2 * item.length : 24;
    }
  }
  return size;
}

function listOf(value: unknown): readonly unknown[] | null {
  return value === undefined || value === null ? null : (value as readonly unknown[]);
}

function listed(value: unknown): ReadonlySet<unknown> | null {
  const list = listOf(value);
  return list === null ? null : new Set(list);
}
