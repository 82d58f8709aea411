import type { LogOutput } from '../node/log.ts';
import type { ExitCode } from './exit-code.ts';

/** One verb of the command line. */
export interface Command {
  /** `check`; of a group's command with the name of the group before it: `auth explain`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What has to be given beside options, in this order. Default: nothing. */
  readonly arguments?: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /** Whether it asks for a secret: then it says why none belongs on the command line, instead of what it would say of an option or argument too many. */
  readonly asksForSecret?: boolean;
  /** What `--help` tells beyond the options: what it does, examples, exit codes. */
  readonly help: CommandHelp;
  run(values: OptionValues, terminal: Terminal): Promise<ExitCode>;
}

/** Commands that belong together; the verb is the name of the group, and then theirs. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
}

export interface CommandArgument {
  /** As it is called in the help, and in `OptionValues`: `URI`. */
  readonly name: string;
  /** The values that it takes, where they are few. */
  readonly choices?: readonly string[];
  readonly about: string;
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

/** The options and arguments that were given, by name; '' for options that take no value. */
export type OptionValues = ReadonlyMap<string, string>;

/** What a command sees of the process that it runs in. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly in: TerminalInput;
  readonly out: TerminalOutput;
  readonly err: TerminalOutput;
  /**
   * Takes what code of applications writes to the terminal, line by line, until the returned function is called;
   * `onExit`: the process ends before. Absent: it cannot be taken.
   */
  readonly capture?: (onLine: (line: string) => void, onExit: () => void) => () => void;
  /** The whole command line, for the record of who runs the node. */
  readonly argv: readonly string[];
}

export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  /** Of a terminal: whether keys come as they are pressed, unechoed. */
  setRawMode?(raw: boolean): unknown;
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
