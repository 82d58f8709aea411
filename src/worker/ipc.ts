/**
 * What the node's controller and a worker process say to each other over Node's IPC channel (JSON serialization).
 *
 * One exchange: the controller sends {@link StartMessage} first; the worker answers {@link ReadyMessage} once all its
 * listeners accept, or {@link FailedMessage} and exits. {@link StopMessage} asks for a graceful stop: the worker
 * ends its sessions, then exits with code 0; {@link PingMessage} is answered by {@link PongMessage}. A worker whose channel closes has lost its controller and exits by itself.
 * A worker ignores SIGINT and SIGTERM, as a supervisor may send them to all processes of the node at once: the controller
 * alone says when to stop, and kills what does not.
 */
import type { WorkerConfig } from '../config/schema-worker.ts';

/** Thresholds of the log, quietest first; `trace` lets everything through. [Crossbar: --loglevel] */
export type LogLevel = 'none' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The level of one line. */
export type LineLevel = Exclude<LogLevel, 'none' | 'trace'>;

/** How log lines are written. `standard`, `syslogd` and `none` are [Crossbar: --logformat]; `json` is one object per line. */
export type LogFormat = 'standard' | 'syslogd' | 'none' | 'json';

/** Starts the worker; sent once, first. */
export interface StartMessage {
  readonly type: 'start';
  readonly nodeId: string;
  /** The node directory, absolute: what relative paths of the configuration are relative to. */
  readonly cbdir: string;
  /** One element of the configuration's `workers`, checked, with its defaults. */
  readonly worker: WorkerConfig;
  /** The worker need not send lines beyond this threshold. */
  readonly logLevel: LogLevel;
  /** How the controller will write the lines; the worker sends them as data all the same. */
  readonly logFormat: LogFormat;
}

/** Stop gracefully and exit with code 0. The controller kills a worker that takes longer than its grace. */
export interface StopMessage {
  readonly type: 'stop';
}

/** Read anew what may change while the worker runs: the files of TLS. It is not answered. */
export interface ReloadMessage {
  readonly type: 'reload';
}

/** Are you there? Sent while it runs, one at a time. */
export interface PingMessage {
  readonly type: 'ping';
}

/** A duplicate of the handle of a {@link DuplicateMessage}: it comes with this message. */
export interface DuplicatedMessage {
  readonly type: 'duplicated';
  /** Of the {@link DuplicateMessage}. */
  readonly id: number;
}

export type ControllerMessage = StartMessage | StopMessage | ReloadMessage | PingMessage | DuplicatedMessage;

/** All listeners accept. */
export interface ReadyMessage {
  readonly type: 'ready';
  /** Where, one address each, as a URL where there is one: `ws://127.0.0.1:8080/ws`, `rs://127.0.0.1:8081`, `unix:/run/turnpike.sock`. */
  readonly listening: readonly string[];
}

/** The worker could not start, and exits. */
export interface FailedMessage {
  readonly type: 'failed';
  /** One sentence each, without secrets: what is wrong, where, and what to do. */
  readonly problems: readonly string[];
}

/** Answers {@link PingMessage}, between other work: one that does not has its thread blocked. */
export interface PongMessage {
  readonly type: 'pong';
}

/**
 * The handle that comes with it is to be sent back, `count` times, each with a {@link DuplicatedMessage}: on its way between
 * processes the operating system duplicates what it stands for, which Node alone cannot do.
 */
export interface DuplicateMessage {
  readonly type: 'duplicate';
  readonly id: number;
  readonly count: number;
}

/** One log line. */
export interface LogMessage {
  readonly type: 'log';
  readonly level: LineLevel;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly text: string;
  /** JSON values; an Error must have been turned into its name and message. */
  readonly fields: { readonly [name: string]: unknown };
}

export type WorkerMessage = ReadyMessage | FailedMessage | PongMessage | DuplicateMessage | LogMessage;
