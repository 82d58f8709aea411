import type { Log, LogFields } from '../wamp/log.ts';
import type { LineLevel, LogLevel, WorkerMessage } from './ipc.ts';

const ORDER: readonly LogLevel[] = ['none', 'error', 'warn', 'info', 'debug', 'trace'];
/** Lines on their way to the controller; more are dropped, so that a controller whose output blocks costs no memory. */
const MOST_IN_FLIGHT = 1_000;

type Send = (message: WorkerMessage, sent: () => void) => void;

/** Shared by a log and those derived from it. */
interface Channel {
  readonly send: Send;
  inFlight: number;
  dropped: number;
}

/** A worker's log: its lines go to the controller as data, which redacts and writes them. */
export class IpcLog implements Log {
  readonly #channel: Channel;
  readonly #threshold: LogLevel;
  readonly #fields: LogFields;

  constructor(send: Send, threshold: LogLevel, fields: LogFields = {}, channel?: Channel) {
    this.#channel = channel ?? { send, inFlight: 0, dropped: 0 };
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
    return new IpcLog(this.#channel.send, this.#threshold, { ...this.#fields, ...fields }, this.#channel);
  }

  #line(level: LineLevel, text: string, fields: LogFields = {}): void {
    if (ORDER.indexOf(level) > ORDER.indexOf(this.#threshold)) return;
    const channel = this.#channel;
    if (channel.inFlight >= MOST_IN_FLIGHT) {
      channel.dropped++;
      return;
    }
    const all: Record<string, unknown> = {};
    for (const [name, value] of Object.entries({ ...this.#fields, ...fields })) all[name] = sendable(value);
    if (channel.dropped > 0) all['linesDropped'] = channel.dropped;
    channel.dropped = 0;
    channel.inFlight++;
    channel.send({ type: 'log', level, time: Date.now(), text, fields: all }, () => {
      channel.inFlight--;
    });
  }
}

/** The channel carries JSON: an Error would arrive as `{}`. Its stack is what an operator needs. */
function sendable(value: unknown): unknown {
  if (value instanceof Error) {
    const text = value.stack ?? `${value.name}: ${value.message}`;
    return value.cause === undefined ? text : `${text}\ncaused by: ${String(sendable(value.cause))}`;
  }
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return '<a value that JSON cannot hold>';
  }
}
