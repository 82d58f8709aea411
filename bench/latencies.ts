/** Buckets per doubling: a value is known to one part in seventy. */
const PER_DOUBLING = 48;
/** Up to 2^27 µs: more than two minutes. */
const BUCKETS = 27 * PER_DOUBLING + 1;

/** Counts of a bucket, as `[bucket, count]`: what travels between processes. */
export type LatencyCounts = readonly (readonly [bucket: number, count: number])[];

/** How long things took: a histogram with buckets that grow, so that it costs nothing however much is recorded. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** @param microseconds below 1 counts as 1, beyond two minutes as two minutes */
  record(microseconds: number): void {
    const bucket = microseconds <= 1 ? 0 : Math.round(Math.log2(microseconds) * PER_DOUBLING);
    const index = bucket < BUCKETS ? bucket : BUCKETS - 1;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#total += 1;
  }

  /** The microseconds that this share (0..1) of all took at most; null where nothing was recorded. */
  percentile(share: number): number | null {
    if (this.#total === 0) return null;
    const wanted = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    let bucket = -1;
    while (seen < wanted) {
      bucket += 1;
      seen += this.#counts[bucket] as number;
    }
    return 2 ** (bucket / PER_DOUBLING);
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  get counts(): LatencyCounts {
    const counts: (readonly [number, number])[] = [];
    for (const [bucket, count] of this.#counts.entries()) if (count > 0) counts.push([bucket, count]);
    return counts;
  }

  /** Adds what another process recorded. */
  add(counts: LatencyCounts): void {
    for (const [bucket, count] of counts) {
      this.#counts[bucket] = (this.#counts[bucket] as number) + count;
      this.#total += count;
    }
  }
}
