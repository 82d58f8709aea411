/**
 * What the bench and a process that carries the load of growth say to each other over Node's IPC channel: `fill` →
 * `filled`, then `round` → `cost` again and again. At any time `failed` instead, and the process exits; it also does
 * when the channel closes.
 */
import type { RouterUrls } from './doors.ts';
import type { Filling } from './growth-axes.ts';

/** Connect all sessions, and register and subscribe everything. */
interface FillMessage {
  readonly type: 'fill';
  readonly urls: RouterUrls;
  readonly filling: Filling;
  /** The processes of the router. */
  readonly routerPids: readonly number[];
}

export type Traffic = 'calls' | 'events';

/** Send so many messages, and wait for all that comes of them. */
interface RoundMessage {
  readonly type: 'round';
  readonly traffic: Traffic;
  readonly count: number;
}

export type ToGrowth = FillMessage | RoundMessage;

interface FilledMessage {
  readonly type: 'filled';
}

interface CostMessage {
  readonly type: 'cost';
  /** CPU that the router used for each of the round, in nanoseconds; null where unknown. */
  readonly cost: number | null;
}

interface FailedMessage {
  readonly type: 'failed';
  /** One sentence. */
  readonly reason: string;
}

export type FromGrowth = FilledMessage | CostMessage | FailedMessage;
