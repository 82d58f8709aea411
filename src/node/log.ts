import type { Log, LogFields } from '../wamp/log.ts';
import type { LineLevel, LogFormat, LogLevel } from '../worker/ipc.ts';
import { formatLine } from './log-format.ts';
import { type LogLine, type LogSource, passes } from './log-line.ts';

/** Takes lines of any process of the node. */
export type LogSink = (line: LogLine) => void;

/** Where lines go: standard output, standard error, or a stand-in. */
export interface LogOutput {
  write(text: string): unknown;
  /** Bytes accepted and not written yet. */
  readonly writableLength: number;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface LogWriterOptions {
  readonly threshold: LogLevel;
  readonly format: LogFormat;
  readonly color: boolean;
  /** Takes debug and info. */
  readonly out: LogOutput;
  /** Takes warn and error, as Crossbar does. */
  readonly err: LogOutput;
}

/** Bytes that may wait in an output that is read too slowly; beyond, lines are dropped and counted. */
const MOST_WAITING = 1024 * 1024;

/**
 * Writes lines as text. An output that breaks (a closed pipe) is written to no more and the node runs on;
 * one that is full loses lines, and says how many once it takes some again.
 */
export function createLogWriter({ threshold, format, color, out, err }: LogWriterOptions): LogSink {
  const normal = new Output(out);
  const grave = out === err ? normal : new Output(err);
  return (line) => {
    if (!passes(threshold, line.level)) return;
    const output = line.level === 'error' || line.level === 'warn' ? grave : normal;
    const dropped = output.takeDropped();
    if (dropped > 0) {
      output.write(
        formatLine({ ...line, level: 'warn', text: 'log lines dropped', fields: { dropped } }, format, color),
      );
    }
    output.write(formatLine(line, format, color));
  };
}

class Output {
  readonly #stream: LogOutput;
  #broken = false;
  #dropped = 0;

  constructor(stream: LogOutput) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#broken = true;
    });
  }

  write(line: string): void {
    if (this.#broken) return;
    if (this.#full) this.#dropped += 1;
    else this.#stream.write(`${line}\n`);
  }

  /** How many lines were dropped, once there is room to say so; counts from zero again. */
  takeDropped(): number {
    if (this.#full) return 0;
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  get #full(): boolean {
    return this.#stream.writableLength > MOST_WAITING;
  }
}

/** The log of one process, whose lines go to `sink`; `now` is the wall clock in milliseconds. */
export function createLog(sink: LogSink, source: LogSource, now: () => number, common: LogFields = {}): Log {
  const line =
    (level: LineLevel) =>
    (text: string, fields: LogFields = {}): void =>
      sink({ level, time: now(), source, text, fields: { ...common, ...fields } });
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => createLog(sink, source, now, { ...common, ...fields }),
  };
}
