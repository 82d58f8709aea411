import type { Match } from '../wamp/uri.ts';

/** Which events are kept, and how many of them. */
export interface LogConfig {
  readonly uri: string;
  readonly match: Match;
  /** Events; beyond it the oldest go. */
  readonly limit: number;
}
