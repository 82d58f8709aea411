/** Registrations and subscriptions that the router takes away, with each client that announces it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WITHOUT_PYTHON } from './clients/all.js';
import { plain } from './clients/plain.js';
import { mixedClients } from './mixed-clients.js';

const { members, partnersOf, joinAgain, start, stop } = mixedClients();

before(start);
after(stop);

for (const member of members.filter(({ client }) => client !== 'wampy')) {
  describe(member.name, () => {
    const { uri, client } = member;

    test('loses a registration', async () => {
      for (const partner of partnersOf(member)) {
        const { session } = partner;
        const procedure = `${uri}.lost`;
        const registration = await member.session.register(procedure, 'echo');
        const id = plain((await session.call('wamp.registration.lookup', [procedure], {})).args[0]);
        await session.call(
          'wamp.registration.remove_callee',
          [id, plain(member.session.session), 'com.example.why'],
          {},
        );
        // Autobahn|JS alone tells its users.
        if (client === 'Autobahn|JS') assert.equal(await registration.revoked, 'com.example.why', partner.name);
        await assert.rejects(session.call(procedure, [], {}), { uri: 'wamp.error.no_such_procedure' }, partner.name);
        assert.equal((await member.session.call('wamp.registration.match', [procedure], {})).args[0] ?? null, null);
      }
    });

    test('loses a subscription', {
      skip: client === 'Autobahn|Python' && 'it ends its session, see below',
    }, async () => {
      for (const partner of partnersOf(member)) {
        const topic = `${uri}.lost`;
        const subscription = await member.session.subscribe(topic);
        await revoke(partner, topic, member.session);
        if (client === 'Autobahn|JS') assert.equal(await subscription.revoked, 'com.example.why', partner.name);
        assert.equal((await member.session.call('wamp.subscription.match', [topic], {})).args[0] ?? null, null);
      }
    });
  });
}

describe('Autobahn|Python', { skip: WITHOUT_PYTHON }, () => {
  test('announces that it can lose a subscription, and ends its session over it', async () => {
    const [watcher] = members;
    const leaves = await watcher.session.subscribe('wamp.session.on_leave');
    for (const member of members.filter(({ client }) => client === 'Autobahn|Python')) {
      const session = await joinAgain(member);
      await session.subscribe(`${member.uri}.revoked`);
      await revoke(watcher, `${member.uri}.revoked`, session);
      assert.equal(plain((await leaves.next()).args[0]), session.session, member.name);
    }
    await leaves.unsubscribe();
  });
});

async function revoke({ session }, topic, of) {
  const id = plain((await session.call('wamp.subscription.lookup', [topic], {})).args[0]);
  await session.call('wamp.subscription.remove_subscriber', [id, plain(of.session), 'com.example.why'], {});
}
