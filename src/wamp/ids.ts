/** [WAMP: IDs] ids are integers 1..2^53. */
export const MAX_ID: number = 2 ** 53;

/** Where ids of global scope come from (sessions, publications, subscriptions, registrations). Handed in, so tests can fix them. */
export interface IdSource {
  /** An integer drawn uniformly from 1..2^53. */
  next(): number;
}

/** Whether a value may stand where WAMP wants an id. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ID;
}
