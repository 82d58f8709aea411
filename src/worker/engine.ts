import { setFlagsFromString } from 'node:v8';

/**
 * What V8 has to be told when the process starts. Where V8 begins with its own half of a megabyte for what is young, it
 * collects garbage every thousand messages, hardly any of which is alive; each time costs, and the more the more memory there
 * is in all: a tenth of a call. With sixteen, what is young is not in the processor's caches any more.
 */
export const START_FLAGS = ['--min-semi-space-size=4'] as const;

const FLAGS = [
  // V8's own bound is 920 bytes of bytecode. A message takes its way through some thirty small functions, one concept
  // each, and that is used up before the last: a call costs a tenth more then, and which functions are left out is
  // decided anew by each process.
  '--max-inlined-bytecode-size-cumulative=2000',
  // V8 forgets functions that have not run for some garbage collections. A router that has rested would meet those who
  // come back with code that is interpreted: logins and calls cost a tenth more for a while.
  '--no-flush-bytecode',
  // Where much of what some code makes lives long, V8 has it made among what is old from then on. Of a thousand sessions that
  // stay for a while it learns to make all connections there: those that come and go keep each other, and what they refer
  // to, until all garbage is collected. A login cost a third more for good.
  '--no-allocation-site-pretenuring',
] as const;

/**
 * Sets V8 up for a router. For processes that are the router's own, and no other: it holds for all code of the process,
 * from now on.
 */
export function tuneEngine(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
