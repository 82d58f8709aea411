/** Where somebody stands in a roster. */
export interface Seat<One> {
  readonly one: One;
  /** -1: not any more. */
  at: number;
}

/**
 * Those who are there, of many that come and go; in no order. A `Set` or a `Map` of them would cost the garbage
 * collector dear: V8 makes its table anew after so many additions, whatever was deleted meanwhile, and an outgrown
 * table stays in the old generation until the next full collection, with all that it held. Of connections that come and
 * go, a third would so outlive their end, be copied twice, and keep what they refer to. A list leaves nothing behind.
 */
export class Roster<One> {
  readonly #seats: Seat<One>[] = [];

  get size(): number {
    return this.#seats.length;
  }

  enter(one: One): Seat<One> {
    const seat = { one, at: this.#seats.length };
    this.#seats.push(seat);
    return seat;
  }

  /** Who has left already may leave again. */
  leave(seat: Seat<One>): void {
    const { at } = seat;
    if (at < 0) return;
    seat.at = -1;
    const last = this.#seats.pop() as Seat<One>;
    if (last === seat) return;
    this.#seats[at] = last;
    last.at = at;
  }

  /** Those who are there now: the list does not change with the roster. */
  all(): One[] {
    return this.#seats.map(({ one }) => one);
  }
}
