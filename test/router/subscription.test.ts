import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Member } from '../../src/router/member.ts';
import { Subscription } from '../../src/router/subscription.ts';

const MEMBERS = [{ held: 1 }, { held: 2 }, { held: 3 }] as unknown as Member[];
const change = fc.record({ comes: fc.boolean(), member: fc.constantFrom(...MEMBERS) });

test('a subscription holds its subscribers as a set would, in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const subscription = new Subscription(1, 'exact', 'com.example.topic', new Date(0));
      const expected = new Set<Member>();
      for (const { comes, member } of changes) {
        if (comes) {
          subscription.add(member);
          expected.add(member);
        } else {
          subscription.delete(member);
          expected.delete(member);
        }
        assert.deepEqual([...subscription.subscribers], [...expected]);
        assert.equal(subscription.isEmpty, expected.size === 0);
        for (const each of MEMBERS) assert.equal(subscription.has(each), expected.has(each));
        if (subscription.only !== null) assert.deepEqual([...expected], [subscription.only]);
      }
    }),
  );
});
