import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Roster, type Seat } from '../../src/wamp/roster.ts';

describe('a roster', () => {
  it('has those who entered and have not left, whoever leaves when', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('enter' as const), fc.nat(20))), (steps) => {
        const roster = new Roster<number>();
        const seats: Seat<number>[] = [];
        const there = new Set<number>();
        for (const step of steps) {
          if (step === 'enter') {
            there.add(seats.length);
            seats.push(roster.enter(seats.length));
          } else if (step < seats.length) {
            there.delete(step);
            roster.leave(seats[step] as Seat<number>);
          }
          assert.equal(roster.size, there.size);
          assert.deepEqual(new Set(roster.all()), there);
        }
      }),
    );
  });

  it('gives a list that stays as it is', () => {
    const roster = new Roster<string>();
    const seat = roster.enter('a');
    roster.enter('b');
    for (const one of roster.all()) if (one === 'a') roster.leave(seat);
    assert.deepEqual(roster.all(), ['b']);
  });
});
