import type { LogOutput } from '../node/log.ts';
import type { ExitCode } from './exit-code.ts';

/** One verb of the command line. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options: readonly CommandOption[];
  /** What `--help` tells beyond the options: what it does, examples, exit codes. */
  readonly help: CommandHelp;
  run(values: OptionValues, terminal: Terminal): Promise<ExitCode>;
}

export interface CommandOption {
  /** Without the dashes. */
  readonly name: string;
  /** How its value is called in the help: `DIR`; null where it takes none. */
  readonly value: string | null;
  /** The values that it takes, where they are few. */
  readonly choices?: readonly string[];
  readonly about: string;
}

interface CommandHelp {
  readonly about: string;
  /** Command lines, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly exitCodes: readonly (readonly [code: ExitCode, means: string])[];
}

/** The options that were given, by name; '' for those that take no value. */
export type OptionValues = ReadonlyMap<string, string>;

/** What a command sees of the process that it runs in. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly out: TerminalOutput;
  readonly err: TerminalOutput;
  /** The whole command line, for the record of who runs the node. */
  readonly argv: readonly string[];
}

export interface TerminalOutput extends LogOutput {
  readonly isTTY?: boolean;
}

/** The command line was not understood; the message says what to do, on one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that the user can mend is wrong; the message says what and how. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
