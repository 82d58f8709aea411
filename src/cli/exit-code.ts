/** What the program's exit codes mean. [Crossbar: command line] */
export const EXIT = {
  /** Done; for `start`: the node was stopped as wished (a signal, `turnpike stop`, --shutdownafter). */
  ok: 0,
  /** It did not work; for `start`: not started, or ended otherwise. */
  failed: 1,
  /** The command line was not understood. [argparse] */
  usage: 2,
  /** `auth test`: no login could be tried, which is no answer of a router. */
  untried: 2,
  /** `stop` of a node that does not run, `status --assert` of what is not so. [sysexits: EX_UNAVAILABLE] */
  unavailable: 69,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
