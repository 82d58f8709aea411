import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../../src/authorization/authorizer.ts';
import { DecisionCache } from '../../src/authorization/decision-cache.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SIZE = 4;
const LIFETIME = 15;

interface Step {
  readonly set: boolean;
  readonly authid: string;
  readonly action: Action;
  readonly uri: string;
  readonly match: string | null;
  readonly allow: boolean;
  readonly wait: number;
}

/** The same, as a list in the order in which decisions end, and a number for the hand. */
class Model {
  readonly list: { readonly key: string; readonly until: number; readonly allow: boolean; used: boolean }[] = [];
  #hand = 0;

  take(at: number): void {
    this.list.splice(at, 1);
    if (at < this.#hand) this.#hand -= 1;
    if (this.#hand >= this.list.length) this.#hand = 0;
  }

  pass(now: number): void {
    while (this.list[0] !== undefined && this.list[0].until <= now) this.take(0);
  }

  set(key: string, allow: boolean, until: number): void {
    const at = this.list.findIndex((one) => one.key === key);
    const used = this.list[at]?.used ?? false;
    if (at >= 0) this.take(at);
    else if (this.list.length === SIZE) this.#forgetOne();
    this.list.push({ key, until, allow, used });
  }

  get(key: string): boolean | undefined {
    const found = this.list.find((one) => one.key === key);
    if (found !== undefined) found.used = true;
    return found?.allow;
  }

  #forgetOne(): void {
    for (let one = this.list[this.#hand]; one?.used === true; one = this.list[this.#hand]) {
      one.used = false;
      this.#hand = (this.#hand + 1) % this.list.length;
    }
    this.take(this.#hand);
  }
}

it('a cache does as a plain list of decisions would', () => {
  const step = fc.record<Step>({
    set: fc.boolean(),
    authid: fc.constantFrom('a', 'b', '__proto__'),
    action: fc.constantFrom(...ACTIONS),
    uri: fc.constantFrom('x', 'y'),
    match: fc.constantFrom(null, 'exact', 'prefix', 'wildcard'),
    allow: fc.boolean(),
    wait: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const clock = new FakeClock();
      const cache = new DecisionCache(SIZE, LIFETIME, clock);
      const model = new Model();
      for (const { set, authid, action, uri, match, allow, wait } of steps) {
        clock.advance(wait);
        model.pass(clock.now());
        const hasPatterns = action === 'subscribe' || action === 'register';
        const key = JSON.stringify([authid, action, uri, hasPatterns && match !== null ? match : 'exact']);
        const options = { match };
        if (set) {
          cache.set({ authid, action, uri, options }, { allow, disclose: false });
          model.set(key, allow, clock.now() + LIFETIME);
        } else assert.equal(cache.get(authid, action, uri, options)?.allow, model.get(key));
        assert.equal(cache.size, model.list.length);
      }
      cache.clear();
      assert.equal(cache.size, 0);
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 1_000 },
  );
});

it("a decision is remembered in place of its user's last", () => {
  const cache = new DecisionCache(2, LIFETIME, new FakeClock());
  for (const [authid, uri] of [
    ['a', 'x'],
    ['b', 'x'],
    ['a', 'y'],
  ] as const) {
    cache.set({ authid, action: 'call', uri, options: {} }, { allow: true, disclose: false });
  }
  assert.equal(cache.get('a', 'call', 'x', {}), undefined);
  for (const [authid, uri] of [
    ['b', 'x'],
    ['a', 'y'],
  ] as const) {
    assert.equal(cache.get(authid, 'call', uri, {})?.allow, true);
  }
});
