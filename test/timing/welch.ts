/** Whether two classes of measurements differ: Welch's t, as dudect uses it. [Reparaz, Balasch, Verbauwhede 2017] */

/** |t| from which on two classes are taken to differ. */
export const SIGNIFICANT = 4.5;

/** Shares of the measurements that are kept: the slow ones are the machine's, not the router's. 1: all of them. */
const CROPS = [0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;

/** Mean and variance, in one pass. [Welford] */
class Moments {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.#squares += delta * (value - this.mean);
  }

  get variance(): number {
    return this.count > 1 ? this.#squares / (this.count - 1) : 0;
  }
}

/** Welch's t of two samples; 0 where it is not defined. */
export function welch(one: Iterable<number>, other: Iterable<number>): number {
  const [a, b] = [new Moments(), new Moments()];
  for (const value of one) a.add(value);
  for (const value of other) b.add(value);
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return error > 0 ? (a.mean - b.mean) / error : 0;
}

export interface Verdict {
  /** Of all crops the t that is farthest from 0. */
  readonly t: number;
  /** The share of measurements that was kept for it. */
  readonly crop: number;
  /** Medians of both classes, in the unit of the measurements. */
  readonly medians: readonly [number, number];
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Compares two classes, with the thresholds of the crops taken from both together. */
export function compareClasses(one: readonly number[], other: readonly number[]): Verdict {
  const all = Float64Array.from([...one, ...other]).sort();
  const verdicts = CROPS.map((crop) => {
    const most = percentile(all, crop);
    const kept = (values: readonly number[]): number[] => values.filter((value) => value <= most);
    return { crop, t: welch(kept(one), kept(other)) };
  });
  const worst = verdicts.reduce((found, verdict) => (Math.abs(verdict.t) > Math.abs(found.t) ? verdict : found));
  const median = (values: readonly number[]): number => percentile(Float64Array.from(values).sort(), 0.5);
  return { ...worst, medians: [median(one), median(other)] };
}
