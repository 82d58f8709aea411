import { Latencies } from './latencies.ts';
import type { ResultMessage } from './load-messages.ts';

/** What one run gave; null: not known, or nothing that this scenario is about. */
export interface Sample {
  readonly perSecond: number | null;
  /** CPU of the router per operation, in microseconds. */
  readonly cpu: number | null;
  /** Latency in microseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Cores that the router used. */
  readonly routerCores: number | null;
  /** Cores that the busiest load process used: near 1, it was the limit. */
  readonly loadCores: number | null;
  /** Resident memory of the router, in bytes. */
  readonly memory: number | null;
  /** By how many bytes resident memory grew for each session. */
  readonly sessionMemory: number | null;
  /** From the start of the process until the port accepts, in milliseconds. */
  readonly startUp: number | null;
}

/** Of which nothing is known. */
export const NO_SAMPLE: Sample = {
  perSecond: null,
  cpu: null,
  p50: null,
  p99: null,
  routerCores: null,
  loadCores: null,
  memory: null,
  sessionMemory: null,
  startUp: null,
};

/** Of all that was asked for, so much may be refused: then the 99th percentile is still of an answer. */
const MAY_BE_REFUSED = 0.01;

/** What the load processes found, as one. @throws Error where too little came back */
export function combine(results: readonly ResultMessage[]): Sample {
  const latencies = new Latencies();
  let perSecond = 0;
  let loadCores = 0;
  for (const result of results) {
    latencies.add(result.latencies);
    perSecond += result.operations / (result.elapsed / 1e6);
    loadCores = Math.max(loadCores, result.loadCpu / result.elapsed);
  }
  checkRefusals(results);
  if (perSecond === 0) throw new Error('nothing came back while it was measured');
  const [first] = results;
  // Looked at by the first process alone, over its own interval: others begin and end a little earlier or later.
  const routerCores = first === undefined || first.routerCpu === null ? null : first.routerCpu / first.elapsed;
  return {
    ...NO_SAMPLE,
    perSecond,
    cpu: routerCores === null ? null : (routerCores * 1e6) / perSecond,
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    routerCores,
    loadCores,
    memory: first?.routerMemory ?? null,
  };
}

/** A router may refuse calls where too many wait: after a pause of the load, all that were due meanwhile come at once. */
function checkRefusals(results: readonly ResultMessage[]): void {
  const sum = (of: (result: ResultMessage) => number): number => results.reduce((all, one) => all + of(one), 0);
  const refused = sum((result) => result.refused);
  const asked = refused + sum((result) => result.operations);
  if (refused <= asked * MAY_BE_REFUSED) return;
  const words = results.find(({ refusal }) => refusal !== null)?.refusal ?? '';
  throw new Error(`the router refused ${refused} of ${asked}: ${words}`);
}

/** The median; null where there is no value. */
export function middle(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  const lower = sorted[half - 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

const FIGURES = Object.keys(NO_SAMPLE) as readonly (keyof Sample)[];

/** The median of each figure by itself; null where no sample has it. */
export function medians(samples: readonly Sample[]): Sample {
  const known = (figure: keyof Sample): readonly number[] =>
    samples.map((sample) => sample[figure]).filter((value) => value !== null);
  const found: Record<keyof Sample, number | null> = { ...NO_SAMPLE };
  for (const figure of FIGURES) found[figure] = middle(known(figure));
  return found;
}
