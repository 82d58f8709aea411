import { StringDecoder } from 'node:string_decoder';
import { CommandError, type Terminal, type TerminalInput } from './command.ts';

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
const CONTROL_U = '\u0015';
const ERASING: ReadonlySet<string> = new Set(['\b', '\u007f']);

/** What arrow keys and their like send, after Escape. */
const KEY_SEQUENCE = /^(?:\[[0-9;?]*[ -/]*[@-~]|O.)/;
const ESCAPE = '\u001b';

/**
 * Asks for lines at a terminal that shows nothing of what is typed, from before the first question to after the
 * last answer.
 * @throws CommandError where it is given up: Ctrl-C, Ctrl-D, or the terminal is gone
 */
export async function askSilently(
  terminal: Pick<Terminal, 'in' | 'err'>,
  questions: readonly string[],
): Promise<string[]> {
  const { in: input, err } = terminal;
  const keyboard = new Keyboard(input);
  input.setRawMode?.(true);
  try {
    const answers: string[] = [];
    for (const question of questions) {
      err.write(question);
      answers.push(await keyboard.line().finally(() => err.write('\n')));
    }
    return answers;
  } finally {
    input.setRawMode?.(false);
    input.pause();
  }
}

class Keyboard {
  readonly #input: TerminalInput;
  readonly #decoder = new StringDecoder('utf8');
  /** Typed ahead. */
  #typed = '';

  constructor(input: TerminalInput) {
    this.#input = input;
  }

  line(): Promise<string> {
    const input = this.#input;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        input.off('data', take);
        input.off('end', gone);
        outcome();
      };
      const gone = (): void => settle(() => reject(new CommandError('given up')));
      let line = '';
      const take = (bytes: Buffer | string): void => {
        this.#typed += typeof bytes === 'string' ? bytes : this.#decoder.write(bytes);
        const { end, text } = this.#edit(line);
        line = text;
        if (end === 'given up') gone();
        else if (end === 'entered') settle(() => resolve(line));
      };
      input.on('data', take);
      input.on('end', gone);
      input.resume();
      take('');
    });
  }

  /** Takes what was typed, up to the end of a line; the rest is for the next question. */
  #edit(line: string): { readonly text: string; readonly end: 'entered' | 'given up' | null } {
    const [first = '', ...escaped] = this.#typed.split(ESCAPE);
    const keys = Array.from(first + escaped.map((keys) => keys.replace(KEY_SEQUENCE, '')).join(''));
    this.#typed = '';
    let text = Array.from(line);
    for (const [at, key] of keys.entries()) {
      if (key === CONTROL_C || key === CONTROL_D) return { text: '', end: 'given up' };
      if (key === '\r' || key === '\n') {
        this.#typed = keys.slice(at + 1).join('');
        return { text: text.join(''), end: 'entered' };
      }
      if (ERASING.has(key)) text.pop();
      else if (key === CONTROL_U) text = [];
      else if (!/\p{Cc}/u.test(key)) text.push(key);
    }
    return { text: text.join(''), end: null };
  }
}
