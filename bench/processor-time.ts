/** Nanoseconds that one round takes at least. */
const ROUND = 50e6;
const ROUNDS = 7;

/** Nanoseconds of processor time so far: other work on the machine does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}

function timeOf(run: () => void, times: number): number {
  const start = processorTime();
  for (let time = 0; time < times; time++) run();
  return processorTime() - start;
}

/**
 * Nanoseconds of processor time that something takes; the median of some rounds.
 * @param run does it once, or `each` times
 */
export function costOf(run: () => void, each = 1): number {
  let times = 1;
  while (timeOf(run, times) < ROUND) times *= 2;
  const rounds = Array.from({ length: ROUNDS }, () => timeOf(run, times) / (times * each));
  return rounds.sort((one, other) => one - other)[ROUNDS >> 1] ?? Number.NaN;
}
