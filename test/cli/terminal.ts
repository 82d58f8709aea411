import { PassThrough, Readable } from 'node:stream';
import type { TerminalInput, TerminalOutput } from '../../src/cli/command.ts';
import { allCommands } from '../../src/cli/commands.ts';
import { runProgram } from '../../src/cli/program.ts';

class Output implements TerminalOutput {
  readonly writableLength = 0;
  text = '';

  write(text: string): void {
    this.text += text;
  }

  on(): void {}
}

/** What a command line printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A terminal where somebody types: what comes is not echoed where the program asks for that. */
export class Keyboard extends PassThrough implements TerminalInput {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
}

/** Standard input that is a pipe with this text in it. */
export function piped(text: string): TerminalInput {
  return Readable.from(text === '' ? [] : [Buffer.from(text)]);
}

/** Runs a command line within this process; `start` would not end with it. */
export async function turnpike(
  args: readonly string[],
  cwd = '/',
  env: NodeJS.ProcessEnv = {},
  input: TerminalInput = piped(''),
): Promise<Outcome> {
  const out = new Output();
  const err = new Output();
  const code = await runProgram(args, allCommands('/no/worker'), {
    env,
    cwd,
    in: input,
    out,
    err,
    argv: ['node', 'turnpike', ...args],
  });
  return { code, out: out.text, err: err.text };
}
