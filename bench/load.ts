import type { RouterUrls } from './doors.ts';
import type { Latencies } from './latencies.ts';
import type { ReceivedMessage, Share } from './load-messages.ts';

/** What is counted while a load runs. */
export interface Meter {
  operations: number;
  /** What was asked for and refused, where that is no failure by itself; and the last refusal in the router's words. */
  refused: number;
  refusal: string | null;
  readonly latencies: Latencies;
}

/** What a load is handed. */
export interface LoadPorts {
  readonly urls: RouterUrls;
  readonly share: Share;
  readonly run: string;
  readonly meter: Meter;
  /** Tells the process with the publisher that events have been received. */
  readonly tellReceived: (message: ReceivedMessage) => void;
  /** The load cannot go on. */
  readonly fail: (reason: string) => void;
}

/** The part of a scenario that one process carries. */
export interface Load {
  /** Connects those who serve: callees, subscribers, the authenticator. */
  prepare(): Promise<void>;
  /** Connects the others, and begins; resolves when everyone is there. */
  start(): Promise<void>;
  /** Events received in other processes. */
  received(count: number): void;
  /** The process of the router, as it says itself; null where it does not. */
  readonly routerPid: number | null;
}

/** Connections that are opened at a time: more would wait in a listener's queue, or be refused. */
const AT_A_TIME = 32;

/** Does it for 0 … count - 1, a few at a time. @throws what the first that fails throws */
export async function forEachOf<Result>(count: number, create: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await create(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count) }, work));
  return results;
}

/** Those of 0 … count - 1 that fall to a share. */
export function shareOf(count: number, share: Share): readonly number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % share.of === share.index);
}
