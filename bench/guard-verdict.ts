/** What the guard measured; CPU in microseconds. */
export interface GuardFigures {
  /** Per message through the router, of which a call has four. */
  readonly message: number;
  /** Per frame to or from the bare echo, in the same process. */
  readonly echo: number;
}

export interface GuardVerdict {
  /** How many times what the echo costs a message costs: what the machine does to both is not in it. */
  readonly ratio: number;
  /** Whether the router does two thirds of the work that it did for the baseline, or less, in the same time. */
  readonly dropped: boolean;
  /** The line that is kept of a run. */
  readonly artifact: string;
  /** For people. */
  readonly text: string;
}

const THIRD = 3 / 2;
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** @param baseline the ratio to compare with */
export function judge({ message, echo }: GuardFigures, baseline: number): GuardVerdict {
  const ratio = message / echo;
  const dropped = ratio >= baseline * THIRD;
  const figures = {
    ratio: rounded(ratio),
    baseline,
    message_cpu_us: rounded(message),
    echo_cpu_us: rounded(echo),
    dropped,
  };
  const told = `a message costs ${rounded(ratio)} times what a bare echo costs (baseline ${baseline})`;
  const text = dropped
    ? `${RED}The router has become slower by a third or more: ${told}. If that is meant, change bench/guard-baseline.json, and say why.${PLAIN}`
    : `The router is as fast as it was: ${told}.`;
  return { ratio, dropped, artifact: `artifact bench-guard ${JSON.stringify(figures)}`, text };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
