/** Cancelled calls: each mode that a client has, as caller and as callee that is interrupted. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { plain } from './clients/plain.js';
import { mixedClients } from './mixed-clients.js';

const { members, partnersOf, joinAgain, start, stop } = mixedClients();
const INTERRUPTS = new Map([
  ['kill', 1],
  ['killnowait', 1],
  ['skip', 0],
]);
const CANCELED = { uri: 'wamp.error.canceled' };
/** Those that announce that they can be interrupted. */
const isInterrupted = ({ client }) => client === 'Turnpike' || client === 'Autobahn|Python';

before(start);
after(stop);

/** Autobahn|JS does not expect the answer that the specification demands; Autobahn|Python has no choice between modes. */
function modesOf({ client }) {
  if (client === 'Autobahn|JS') return ['kill'];
  return client === 'Autobahn|Python' ? ['killnowait'] : [...INTERRUPTS.keys()];
}

async function interruptionsOf({ session }, procedure) {
  return plain((await session.call(procedure, [], {})).args[0]);
}

for (const member of members) {
  describe(member.name, () => {
    const { uri } = member;

    test('cancels calls', async () => {
      for (const callee of partnersOf(member).filter(isInterrupted)) {
        const procedure = `${callee.uri}.stop${members.indexOf(member)}`;
        await callee.session.register(procedure, 'stoppable');
        await callee.session.register(`${procedure}.count`, 'interruptions');
        for (const mode of modesOf(member)) {
          const before = await interruptionsOf(member, `${procedure}.count`);
          await assert.rejects(member.session.cancel(procedure, [], mode), CANCELED, `${callee.name}, ${mode}`);
          const after = await interruptionsOf(member, `${procedure}.count`);
          assert.equal(after - before, INTERRUPTS.get(mode), `${callee.name}, ${mode}`);
        }
      }
    });

    test('is interrupted', { skip: !isInterrupted(member) && 'it does not announce that it can be' }, async () => {
      await member.session.register(`${uri}.stop`, 'stoppable');
      await member.session.register(`${uri}.count`, 'interruptions');
      for (const caller of partnersOf(member)) {
        for (const mode of modesOf(caller)) {
          const before = await interruptionsOf(caller, `${uri}.count`);
          await assert.rejects(caller.session.cancel(`${uri}.stop`, [], mode), CANCELED, `${caller.name}, ${mode}`);
          const after = await interruptionsOf(caller, `${uri}.count`);
          assert.equal(after - before, INTERRUPTS.get(mode), `${caller.name}, ${mode}`);
        }
      }
    });

    test('is not interrupted where it did not announce it', { skip: isInterrupted(member) && 'it did' }, async () => {
      await member.session.register(`${uri}.never`, 'never');
      await member.session.register(`${uri}.echo`, 'echo');
      for (const caller of partnersOf(member).filter(({ client }) => client !== 'Autobahn|JS')) {
        await assert.rejects(caller.session.cancel(`${uri}.never`, [], 'killnowait'), CANCELED, caller.name);
        assert.deepEqual((await caller.session.call(`${uri}.echo`, ['still there'], {})).args, ['still there']);
      }
    });
  });
}

describe('Autobahn|JS', () => {
  test('ends its own session where it cancels by another mode than kill', async () => {
    const member = members.find(({ client }) => client === 'Autobahn|JS');
    const [callee] = partnersOf(member);
    await callee.session.register(`${callee.uri}.answered`, 'stoppable');
    for (const mode of ['skip', 'killnowait']) {
      const session = await joinAgain(member);
      await assert.rejects(session.cancel(`${callee.uri}.answered`, [], mode), { uri: 'Cancelled' });
      await session.closed;
    }
  });
});
