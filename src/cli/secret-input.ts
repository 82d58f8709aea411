import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError, type CommandOption, type OptionValues, type Terminal } from './command.ts';
import { askSilently } from './silent-prompt.ts';

/** More than any secret. */
const MOST_BYTES = 64 * 1024;

export const SECRET_FILE_OPTION: CommandOption = {
  name: 'secret-file',
  value: 'FILE',
  about: 'file whose one line is the secret (default: asked for at a terminal, else read from standard input)',
};

interface Asking {
  /** How it is called in the question: `Password of joe`. */
  readonly what: string;
  /** Whether a slip of the finger would be kept: then it is asked for again at a terminal. */
  readonly twice: boolean;
}

/**
 * A secret: from a file, a terminal that does not show it, or standard input; never from the command line.
 * @throws CommandError where there is none, or it is no single line
 */
export async function readSecret(values: OptionValues, terminal: Terminal, asking: Asking): Promise<string> {
  const file = values.get('secret-file');
  if (file !== undefined) return oneLine(readFileOf(file, terminal), `the file ${file}`);
  if (terminal.in.isTTY === true) return prompted(terminal, asking);
  return oneLine(await readAll(terminal), 'standard input');
}

/** The content of a file that is given as an option. @throws CommandError */
export function readFileOf(file: string, { cwd }: Pick<Terminal, 'cwd'>): string {
  try {
    const bytes = readFileSync(resolve(cwd, file));
    if (bytes.length > MOST_BYTES) throw new Error('it is too large');
    return bytes.toString('utf8');
  } catch (cause) {
    throw new CommandError(`the file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function prompted(terminal: Terminal, { what, twice }: Asking): Promise<string> {
  const questions = [`${what} (not shown): `, ...(twice ? ['Again: '] : [])];
  const [secret = '', again = secret] = await askSilently(terminal, questions);
  if (again !== secret) throw new CommandError('the two differ');
  if (secret === '') throw new CommandError('nothing was typed: an empty secret lets nobody in');
  return secret;
}

async function readAll({ in: input }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new CommandError('there is too much on standard input for a secret');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without the end of its line, which editors and `echo` add. */
function oneLine(text: string, place: string): string {
  const line = text.replace(/\r?\n$/, '');
  if (line === '') throw new CommandError(`${place} holds no secret`);
  if (/[\r\n]/.test(line)) throw new CommandError(`${place} holds several lines: a secret is one`);
  return line;
}
