import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters of one line; a longer one is cut into several. */
const MOST_CHARACTERS = 8_000;

/** Hands over what a process prints, line by line, without line ends and without empty lines. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = `${rest}${text}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
    while (rest.length > MOST_CHARACTERS) {
      onLine(rest.slice(0, MOST_CHARACTERS));
      rest = rest.slice(MOST_CHARACTERS);
    }
  };
  stream.on('data', (bytes: Buffer) => take(decoder.write(bytes)));
  stream.on('error', () => undefined); // the process is gone, and its exit is reported
  stream.on('end', () => take(`${decoder.end()}\n`));
}
