import type { Dict } from '../wamp/dict.ts';

/**
 * What a procedure returns to answer with several positional results, or with keyword results.
 * Any other value is the one positional result; `undefined` is none.
 *
 * @example
 * await session.register('com.example.divmod', ([a, b]) => {
 *   const rest = Number(a) % Number(b);
 *   return new Result([(Number(a) - rest) / Number(b)], { rest });
 * });
 */
export class Result {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Dict> | undefined;

  constructor(args: readonly unknown[] = [], kwargs?: Readonly<Dict>) {
    this.args = args;
    this.kwargs = kwargs;
  }
}
