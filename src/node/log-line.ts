import type { LogFields } from '../wamp/log.ts';
import type { LineLevel, LogLevel } from '../worker/ipc.ts';

/** One line of the node's log, before it is written in any format. */
export interface LogLine {
  readonly level: LineLevel;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly source: LogSource;
  readonly text: string;
  readonly fields: LogFields;
}

/** The process that a line is from. */
export interface LogSource {
  /** `Controller`, `Router` … as Crossbar tags them. */
  readonly kind: string;
  readonly pid: number;
  /** The worker's id; the controller has none. */
  readonly name?: string;
}

const RANKS: Readonly<Record<LogLevel, number>> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 };

/** All thresholds, quietest first. */
export const LOG_LEVELS: readonly LogLevel[] = ['none', 'error', 'warn', 'info', 'debug', 'trace'];

/** Whether a line of this level is written at this threshold. */
export function passes(threshold: LogLevel, level: LineLevel): boolean {
  return RANKS[level] <= RANKS[threshold];
}
