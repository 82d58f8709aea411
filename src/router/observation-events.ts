import type { Member } from './member.ts';

/**
 * Told of registrations by the dealer and of subscriptions by the broker, for the meta API. The client has
 * been answered by then. `created` comes before the first `added`, `deleted` after the last `removed`.
 */
export interface ObservationEvents<T> {
  created(member: Member, thing: T): void;
  added(member: Member, thing: T): void;
  removed(member: Member, thing: T): void;
  deleted(member: Member, thing: T): void;
}
