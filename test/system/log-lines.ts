import type { Log, LogFields } from '../../src/wamp/log.ts';

/** A log that keeps everything it is told, as one would write it: for tests of what is in there, and what is not. */
export class LogLines {
  readonly lines: string[] = [];

  readonly log: Log = this.#with({});

  get all(): string {
    return this.lines.join('\n');
  }

  #with(always: LogFields): Log {
    const at = (level: string) => (text: string, fields?: LogFields) => {
      this.lines.push(`${level} ${text} ${JSON.stringify({ ...always, ...fields }, withErrors)}`);
    };
    const [debug, info, warn, error] = [at('debug'), at('info'), at('warn'), at('error')];
    return { debug, info, warn, error, with: (fields) => this.#with({ ...always, ...fields }) };
  }
}

function withErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { text: String(value), stack: value.stack, cause: value.cause };
  return typeof value === 'bigint' ? String(value) : value;
}
