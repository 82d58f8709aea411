import { StringDecoder } from 'node:string_decoder';
import { inspect } from 'node:util';
import { EXIT } from './exit-code.ts';

/** Characters of one line; of a longer one only its length is told: a cut could part a secret, and show half of it. */
const MOST_CHARACTERS = 16_000;

/**
 * Hands over, line by line, what the code in this process writes to its terminal from here on, instead of writing it.
 *
 * @param onExit the process ends meanwhile, by that code or by an error that it does not catch: what is written then is
 *   written
 * @returns what ends that
 */
export function captureOutput(onLine: (line: string) => void, onExit: () => void): () => void {
  const ends = [process.stdout, process.stderr].map((stream) => captureStream(stream, onLine));
  const end = (): void => {
    process.off('exit', exit);
    process.off('uncaughtException', fail);
    for (const endStream of ends) endStream();
  };
  const exit = (): void => {
    end();
    onExit();
  };
  // Node.js itself would write it past all of this.
  const fail = (error: unknown): void => {
    for (const line of inspect(error).split('\n')) onLine(line);
    process.exit(EXIT.untried);
  };
  process.on('exit', exit);
  process.on('uncaughtException', fail);
  return end;
}

function captureStream(stream: NodeJS.WriteStream, onLine: (line: string) => void): () => void {
  const { write } = stream;
  const lines = new Lines(onLine);
  type Written = (error?: Error | null) => void;
  const capture = (chunk: string | Uint8Array, encoding?: BufferEncoding | Written, written?: Written): boolean => {
    lines.take(
      typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk,
    );
    const done = typeof encoding === 'function' ? encoding : written;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
  stream.write = capture;
  return () => {
    stream.write = write;
    lines.end();
  };
}

/** Text that comes in pieces, in lines. */
class Lines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  /** Characters of this line that are told of by their number alone. */
  #untold = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(bytes: Uint8Array): void {
    this.#add(this.#decoder.write(Buffer.from(bytes)));
  }

  end(): void {
    this.#add(this.#decoder.end());
    if (this.#rest !== '' || this.#untold > 0) this.#endLine();
  }

  #add(text: string): void {
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      this.#append(part);
      this.#endLine();
    }
    this.#append(last);
  }

  #append(text: string): void {
    this.#rest += text;
    if (this.#rest.length <= MOST_CHARACTERS && this.#untold === 0) return;
    this.#untold += this.#rest.length;
    this.#rest = '';
  }

  #endLine(): void {
    const line = this.#untold > 0 ? `‹a line of ${this.#untold} characters›` : this.#rest.replace(/\r$/, '');
    this.#rest = '';
    this.#untold = 0;
    this.#onLine(line);
  }
}
