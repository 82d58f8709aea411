/**
 * What the bench and its load processes say to each other over Node's IPC channel.
 *
 * `job` → `ready` (callees, subscribers, authenticator are there) → `start` → `running` (everyone is there, and
 * the load runs) → `begin` … `end` → `result`. Barriers after `ready` and `running` keep several processes in
 * step. At any time `failed` instead, and the process exits; it also does when the channel closes.
 */
import type { RouterUrls } from './doors.ts';
import type { LatencyCounts } from './latencies.ts';
import type { LoadScenario } from './scenario.ts';

/** Which part of a scenario a process carries: every `of`th of everything, from `index` on. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export interface JobMessage {
  readonly type: 'job';
  readonly scenario: LoadScenario;
  readonly urls: RouterUrls;
  readonly share: Share;
  /** Part of all URIs, new for each run: what the last one leaves behind is in nobody's way. */
  readonly run: string;
}

/** Connect who makes the load, and begin. */
export interface StartMessage {
  readonly type: 'start';
}

/** Forget what was counted so far. */
export interface BeginMessage {
  readonly type: 'begin';
  /** The processes of the router, where this process is to look at them. */
  readonly routerPids: readonly number[];
}

/** Stop counting, and answer with `result`. */
export interface EndMessage {
  readonly type: 'end';
}

/** Events that subscribers in other processes have received: for the one with the publisher. */
export interface ReceivedMessage {
  readonly type: 'received';
  readonly count: number;
}

export type ToLoad = JobMessage | StartMessage | BeginMessage | EndMessage | ReceivedMessage;

export interface ReadyMessage {
  readonly type: 'ready';
  /** The router's own word for its process, where somebody has joined it by now. */
  readonly routerPid: number | null;
}

export interface RunningMessage {
  readonly type: 'running';
  /** The router's own word for its process. */
  readonly routerPid: number | null;
}

export interface ResultMessage {
  readonly type: 'result';
  readonly operations: number;
  /** How much was refused; and the last refusal in the router's words. */
  readonly refused: number;
  readonly refusal: string | null;
  /** From `begin` to `end`, in microseconds. */
  readonly elapsed: number;
  readonly latencies: LatencyCounts;
  /** CPU that this process used, in microseconds. */
  readonly loadCpu: number;
  /** CPU that the router used, in microseconds; null where unknown or not looked at. */
  readonly routerCpu: number | null;
  /** Resident memory of the router at the end, in bytes. */
  readonly routerMemory: number | null;
}

export interface FailedMessage {
  readonly type: 'failed';
  /** One sentence. */
  readonly reason: string;
}

export type FromLoad = ReadyMessage | RunningMessage | ResultMessage | FailedMessage | ReceivedMessage;
