import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Axis, ENTRIES, type Filling, REALMS, SESSIONS_OF_ONE } from './growth-axes.ts';
import { costOfPatterns, type PatternCosts } from './growth-patterns.ts';
import { GrownRealm } from './growth-realm.ts';
import { callsOf, costOfOne, eventsOf } from './growth-traffic.ts';
import { markdownTable, times, written } from './markdown.ts';
import type { LastSent } from './sink-peer.ts';

/** Where messages go to a few only of what there is, so many. */
const IN_USE = 1_000;

function lastSent(): LastSent {
  return { member: null, code: 0, first: 0, count: 0 };
}

function realmsOf({ realms, sessions, entries }: Filling, inUse: number): readonly GrownRealm[] {
  const last = lastSent();
  return Array.from({ length: realms }, (_, index) => {
    return new GrownRealm(`realm${index}`, { sessions, entries, inUse: Math.min(inUse, entries) }, last);
  });
}

/** What grows, and how many of the entries of a realm messages go to. */
const AXES: readonly (Axis & { readonly inUse: number })[] = [
  { ...ENTRIES, inUse: Number.POSITIVE_INFINITY },
  {
    ...ENTRIES,
    what: 'the same, messages to 1,000 of them',
    sizes: ENTRIES.sizes.filter((size) => size >= IN_USE),
    inUse: IN_USE,
  },
  { ...REALMS, inUse: Number.POSITIVE_INFINITY },
  { ...SESSIONS_OF_ONE, inUse: Number.POSITIVE_INFINITY },
];

export interface GrowthRow {
  readonly what: string;
  readonly size: number;
  /** Nanoseconds of processor time for a call with its result, and for an event. */
  readonly call: number;
  readonly event: number;
}

export interface Growth {
  readonly rows: readonly GrowthRow[];
  readonly patterns: PatternCosts;
}

const PATTERNS = 100_000;

/** Collects garbage: what setting up a realm leaves behind is not to be collected while it is measured. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/**
 * What a message costs inside the router, sockets left out, while there is more and more of something.
 * @param most no size above that
 * @param say told of each size when it is done
 */
export function measureGrowth(most: number, say: (text: string) => void): Growth {
  const collect = garbageCollector();
  const rows: GrowthRow[] = [];
  // The first one is slow for everybody, because nothing is compiled yet.
  const warm = realmsOf(ENTRIES.fill(100), 100);
  costOfOne(callsOf(warm));
  costOfOne(eventsOf(warm));
  for (const { what, sizes, fill, inUse } of AXES) {
    for (const size of sizes.filter((one) => one <= most)) {
      const grown = realmsOf(fill(size), inUse);
      collect();
      const row = { what, size, call: costOfOne(callsOf(grown)), event: costOfOne(eventsOf(grown)) };
      rows.push(row);
      say(`${written(size, 0)} ${what}: ${written(row.call, 0)} ns a call, ${written(row.event, 0)} ns an event`);
    }
  }
  return { rows, patterns: costOfPatterns(Math.min(most, PATTERNS)) };
}

const HEADINGS = ['of', 'how many', 'call µs', 'to the least', 'event µs', 'to the least'];
const LEGEND = `Processor time inside the router, sockets left out: a call with its result (four messages), a publication with its one
event. Exact, prefix and wildcard entries in equal shares; each message goes to any of them, from any session.
Nothing but the one thing grows: of registrations there are 250 sessions, of sessions 10,000 registrations, and all realms
together have 10,000 sessions and 30,000 registrations. What is seldom used is not in the processor's caches, and reading it from
memory takes longer than everything else: where messages go to 1,000 of the registrations, that counts for less.
`;

/** Markdown. */
export function growthReport({ rows, patterns }: Growth): string {
  const lines = rows.map((row) => {
    const least = rows.find(({ what }) => what === row.what) ?? row;
    return [
      row.what,
      written(row.size, 0),
      written(row.call / 1_000, 2),
      times(row.call / least.call),
      written(row.event / 1_000, 2),
      times(row.event / least.event),
    ];
  });
  const { best, all, matches } = patterns;
  const found = `${written(patterns.patterns, 0)} wildcard patterns: ${written(best / 1_000, 2)} µs to find the best for a call,
${written(all / 1_000, 2)} µs to find all ${written(matches, 0)} (on average) for an event.\n`;
  return [markdownTable(HEADINGS, lines, 1), LEGEND, found].join('\n');
}
