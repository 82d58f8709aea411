import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../../src/authorization/authorizer.ts';
import { DecisionCache } from '../../src/authorization/decision-cache.ts';

const SIZE = 4;

interface Step {
  readonly set: boolean;
  readonly authid: string;
  readonly action: Action;
  readonly uri: string;
  readonly match: string | null;
  readonly allow: boolean;
  readonly wait: number;
}

it('a cache does as a plain list of the last decisions would', () => {
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
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new DecisionCache(SIZE);
      let now = 0;
      let model: { key: string; allow: boolean; until: number }[] = [];
      for (const { set, authid, action, uri, match, allow, wait } of steps) {
        now += wait;
        const hasPatterns = action === 'subscribe' || action === 'register';
        const key = JSON.stringify([authid, action, uri, hasPatterns && match !== null ? match : 'exact']);
        const options = { match };
        const known = model.find((one) => one.key === key);
        if (set) {
          cache.set({ authid, action, uri, options }, { allow, disclose: false }, now + 10);
          if (known !== undefined) Object.assign(known, { allow, until: now + 10 });
          else model = [...model, { key, allow, until: now + 10 }].slice(-SIZE);
        } else {
          const found = cache.get(authid, action, uri, options, now);
          model = model.filter((one) => one.key !== key);
          if (known !== undefined && known.until > now) model.push(known);
          assert.equal(found?.allow, known !== undefined && known.until > now ? known.allow : undefined);
        }
        assert.equal(cache.size, model.length);
      }
      cache.clear();
      assert.equal(cache.size, 0);
    }),
  );
});
