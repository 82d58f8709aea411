import type { RouterUrls } from './doors.ts';
import type { Scenario } from './scenario.ts';

/** A router that runs for as long as the bench wants. */
export interface RunningRouter {
  readonly urls: RouterUrls;
  /** All its processes as they are now. */
  pids(): readonly number[];
  stop(): Promise<void>;
}

/** A router to be measured. */
export interface Target {
  readonly name: string;
  readonly urls: RouterUrls;
  /** Its processes as they are now; none: as it says itself (`x_cb_pid`), where it is on this machine. */
  pids(): readonly number[];
  /** Why a scenario cannot be run against it; null where it can. */
  cannot(scenario: Scenario): string | null;
  /** Starts another one of the same kind, with nothing behind it; null where it is not the bench that starts it. */
  readonly fresh: (() => Promise<RunningRouter>) | null;
  /** Starts and stops another one; tells how many milliseconds it took to listen. */
  readonly startUp: (() => Promise<number>) | null;
}
