import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode. V8's own bound is 920. */
const MOST_INLINED = 2_000;

/**
 * Lets V8 put more of what a function calls into its machine code. A message takes its way through some thirty small
 * functions, one concept each, and V8's own bound is used up before the last: a call costs a tenth more then, and which
 * functions are left out is decided anew by each process. A process that is the router's own asks for it, and no other:
 * it holds for all code of the process.
 */
export function inlineMore(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${MOST_INLINED}`);
}
