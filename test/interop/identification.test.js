/** Who calls and who publishes, trust levels, and whether publishers get their own events: each client with each other. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { plain } from './clients/plain.js';
import { mixedClients } from './mixed-clients.js';

const { members, partnersOf, start, stop } = mixedClients();

before(start);
after(stop);

/** wampy alone hands its users all details; the others that are not ours keep trust levels to themselves. */
const toldOfTrust = ({ client }) => client === 'wampy' || client === 'Turnpike';

function identityOf({ session: { session, authid, authrole } }, isTold) {
  return [plain(session), authid, authrole, isTold ? 3 : null];
}

for (const member of members) {
  describe(member.name, () => {
    const { uri } = member;

    test('learns who calls, and is told of to callees', async () => {
      await member.session.register(`${uri}.who`, 'caller');
      for (const partner of partnersOf(member)) {
        const { args } = await partner.session.call(`${uri}.who`, [], {});
        assert.deepEqual(plain(args[0]), identityOf(partner, toldOfTrust(member)), partner.name);
        const procedure = `${partner.uri}.who${members.indexOf(member)}`;
        const unregister = await partner.session.register(procedure, 'caller');
        const answer = await member.session.call(procedure, [], {});
        assert.deepEqual(plain(answer.args[0]), identityOf(member, toldOfTrust(partner)), partner.name);
        await unregister();
      }
    });

    test('learns who publishes, and is told of to subscribers', async () => {
      for (const partner of partnersOf(member)) {
        for (const [publisher, subscriber] of [
          [member, partner],
          [partner, member],
        ]) {
          const events = await subscriber.session.subscribe(`${uri}.said`);
          await publisher.session.publish(`${uri}.said`, ['x'], {});
          const { by } = (await events.next()).details;
          assert.deepEqual(plain(by), identityOf(publisher, toldOfTrust(subscriber)), partner.name);
          await events.unsubscribe();
        }
      }
    });

    test('gets its own events only where it asks for them', async () => {
      const topic = `${uri}.own`;
      const [partner] = partnersOf(member);
      const [own, theirs] = [await member.session.subscribe(topic), await partner.session.subscribe(topic)];
      await member.session.publish(topic, ['without'], {});
      await member.session.publish(topic, ['with'], {}, { exclude_me: false });
      await partner.session.publish(topic, ['end'], {});
      const next = async (events) => (await events.next()).args[0];
      // wampy leaves out what is false.
      if (member.client !== 'wampy') assert.equal(await next(own), 'with');
      assert.equal(await next(own), 'end');
      assert.deepEqual([await next(theirs), await next(theirs)], ['without', 'with']);
      await own.unsubscribe();
      await theirs.unsubscribe();
    });
  });
}
