import type { Log, LogFields } from '../wamp/log.ts';
import type { LineLevel, LogLevel, WorkerMessage } from './ipc.ts';

const ORDER: readonly LogLevel[] = ['none', 'error', 'warn', 'info', 'debug', 'trace'];

/** A worker's log: its lines go to the controller as data, which redacts and writes them. */
export class IpcLog implements Log {
  readonly #send: (message: WorkerMessage) => void;
  readonly #threshold: LogLevel;
  readonly #fields: LogFields;

  constructor(send: (message: WorkerMessage) => void, threshold: LogLevel, fields: LogFields = {}) {
    this.#send = send;
    this.#threshold = threshold;
    this.#fields = fields;
  }

  debug(text: string, fields?: LogFields): void {
    this.#line('debug', text, fields);
  }
  info(text: string, fields?: LogFields): void {
    this.#line('info', text, fields);
  }
  warn(text: string, fields?: LogFields): void {
    this.#line('warn', text, fields);
  }
  error(text: string, fields?: LogFields): void {
    this.#line('error', text, fields);
  }
  with(fields: LogFields): Log {
    return new IpcLog(this.#send, this.#threshold, { ...this.#fields, ...fields });
  }

  #line(level: LineLevel, text: string, fields: LogFields = {}): void {
    if (ORDER.indexOf(level) > ORDER.indexOf(this.#threshold)) return;
    const all = Object.entries({ ...this.#fields, ...fields }).map(([name, value]) => [name, sendable(value)]);
    this.#send({ type: 'log', level, time: Date.now(), text, fields: Object.fromEntries(all) });
  }
}

/** The channel carries JSON: an Error would arrive as `{}`. Its stack is what an operator needs. */
function sendable(value: unknown): unknown {
  if (value instanceof Error) {
    const text = value.stack ?? `${value.name}: ${value.message}`;
    return value.cause === undefined ? text : `${text}\ncaused by: ${String(sendable(value.cause))}`;
  }
  return typeof value === 'bigint' ? String(value) : value;
}
