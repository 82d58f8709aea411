import { printable } from '../node/printable.ts';
import { captureOutput } from './captured-output.ts';
import type { Verbs } from './commands.ts';
import { EXIT } from './exit-code.ts';
import { runProgram } from './program.ts';

/** How long the last output may take to be written (ms), before the process ends without it. */
const FLUSH_TIMEOUT = 1_000;

/** Runs this process's command line and ends the process with its exit code. */
export async function runMain(verbs: Verbs): Promise<never> {
  // A closed pipe (`turnpike … | head`) must not end what runs: what is written from then on is lost, that is all.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const code = await run(verbs);
  await Promise.race([Promise.all([flushed(process.stdout), flushed(process.stderr)]), timeout()]);
  process.exit(code);
}

async function run(verbs: Verbs): Promise<number> {
  try {
    const { env, stdin, stdout: out, stderr: err, argv } = process;
    const terminal = { env, cwd: process.cwd(), in: stdin, out, err, capture: captureOutput, argv };
    return await runProgram(argv.slice(2), verbs, terminal);
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `turnpike: unexpected error, please report it:\n${stack.split('\n').map(printable).join('\n')}\n`,
    );
    return EXIT.failed;
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

function timeout(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, FLUSH_TIMEOUT));
}
