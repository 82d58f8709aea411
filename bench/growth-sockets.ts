import { openFilesLimit } from './file-limit.ts';
import { GrownRouter } from './grown-router.ts';
import { type Axis, ENTRIES, REALMS, SESSIONS_OF_ONE } from './growth-axes.ts';
import type { Traffic } from './growth-messages.ts';
import { markdownTable, NOT_KNOWN, times, written } from './markdown.ts';
import type { GrowthRequest } from './options.ts';
import { middle } from './sample.ts';

/** Calls or events of one round. */
const COUNT = 1 << 16;
/** Rounds before, which count for nothing. */
const WARM_UP = 2;
/** Files that a process has open beside its sessions. */
const OWN_FILES = 100;

/** What one size costs, and the least one in turn with it: nanoseconds of the router's CPU. */
interface Pair {
  readonly least: number | null;
  readonly grown: number | null;
}

export interface SocketRow {
  readonly what: string;
  readonly size: number;
  readonly call: Pair;
  readonly event: Pair;
}

async function inTurn(least: GrownRouter, grown: GrownRouter, traffic: Traffic, rounds: number): Promise<Pair> {
  const costs: { least: number[]; grown: number[] } = { least: [], grown: [] };
  for (let round = 0; round < WARM_UP + rounds; round++) {
    for (const [router, into] of [
      [least, costs.least],
      [grown, costs.grown],
    ] as const) {
      const cost = await router.cost(traffic, COUNT);
      if (cost !== null && round >= WARM_UP) into.push(cost);
    }
  }
  return { least: middle(costs.least), grown: middle(costs.grown) };
}

function fits({ fill }: Axis, size: number, say: (text: string) => void): boolean {
  const { realms, sessions } = fill(size);
  if (realms * sessions + OWN_FILES <= openFilesLimit()) return true;
  say(`left out ${size}: it takes ${realms * sessions + OWN_FILES} open files, see "ulimit -n"`);
  return false;
}

async function measureAxis(axis: Axis, request: GrowthRequest, say: (text: string) => void): Promise<SocketRow[]> {
  const { what, fill } = axis;
  const { most, rounds } = request;
  const [first, ...sizes] = axis.sizes.filter((size) => size <= most && fits(axis, size, say));
  const rows: SocketRow[] = [];
  if (first === undefined) return rows;
  const least = await GrownRouter.start(fill(first), request);
  try {
    for (const size of sizes) {
      const grown = await GrownRouter.start(fill(size), request);
      try {
        const call = await inTurn(least, grown, 'calls', rounds);
        const row = { what, size, call, event: await inTurn(least, grown, 'events', rounds) };
        rows.push(row);
        say(`${written(size, 0)} ${what}, over sockets: ${ratioOf(row.call)} a call, ${ratioOf(row.event)} an event`);
      } finally {
        await grown.stop();
      }
    }
  } finally {
    await least.stop();
  }
  return rows;
}

/**
 * What a message costs the router as its users have it: the CPU of its process, over real sockets. The least of an
 * axis and each larger one run at the same time, and take turns.
 */
export async function measureOverSockets(
  request: GrowthRequest,
  say: (text: string) => void,
): Promise<readonly SocketRow[]> {
  const rows: SocketRow[] = [];
  for (const axis of [ENTRIES, REALMS, SESSIONS_OF_ONE]) rows.push(...(await measureAxis(axis, request, say)));
  return rows;
}

function ratioOf({ least, grown }: Pair): string {
  return least === null || grown === null ? NOT_KNOWN : times(grown / least);
}

function microseconds({ least, grown }: Pair): readonly string[] {
  return [least, grown].map((cost) => written(cost === null ? null : cost / 1_000, 2));
}

const HEADINGS = ['of', 'how many', 'call µs: least', 'grown', 'ratio', 'event µs: least', 'grown', 'ratio'];
const LEGEND = `CPU of the router's process over WebSocket and MessagePack: a call with its result (four messages), a publication with
its one event. Two routers run at the same time, with the least and with so many, and take turns; medians. Entries,
sessions and realms as below. At a time ten sessions send to one another, 16 messages each on their way; then it is
ten others, so that in the end all take part: how many sockets are written to at once is the same for all sizes.
`;

/** Markdown. */
export function socketReport(rows: readonly SocketRow[]): string {
  const lines = rows.map(({ what, size, call, event }) => [
    what,
    written(size, 0),
    ...[...microseconds(call), ratioOf(call), ...microseconds(event), ratioOf(event)],
  ]);
  return [markdownTable(HEADINGS, lines, 1), LEGEND].join('\n');
}
