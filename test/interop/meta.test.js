/** The meta API with every client: its procedures, its events, testaments, over each serializer that the client has, and long-poll. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients } from './clients/all.js';
import { plain } from './clients/plain.js';
import { freePorts, longPollTransport, startNode } from './node.js';

const { clients, close } = allClients();
const members = clients.flatMap(({ name, join, ways }) =>
  ways
    .filter(({ scheme }) => scheme !== 'rs')
    .map((way) => ({ ...way, name: `${name}, ${way.name}`, join, client: name })),
);
const TOPIC = 'com.example.last.words';
const PROCEDURE = 'com.example.echo';
let node;
let joinAs;

before(async () => {
  const [ws, lp] = await freePorts(2);
  const all = { call: true, register: true, publish: true, subscribe: true };
  const role = (name) => ({ name, permissions: [{ uri: '*', allow: all }] });
  const principals = {
    admin: { ticket: 'admin', role: 'admin' },
    guest: { ticket: 'guest', role: 'guest' },
  };
  const auth = { ticket: { type: 'static', principals } };
  node = await startNode({
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [{ name: 'realm1', roles: [role('admin'), role('guest')] }],
        transports: [
          {
            type: 'websocket',
            endpoint: { type: 'tcp', interface: '127.0.0.1', port: ws },
            auth,
          },
          longPollTransport(lp, auth),
        ],
      },
    ],
  });
  const urls = { ws: `ws://127.0.0.1:${ws}/`, lp: `http://127.0.0.1:${lp}/lp` };
  joinAs = ({ join, scheme, serializer }, authid) =>
    join({ url: urls[scheme], realm: 'realm1', authid, ticket: authid, serializer });
});

after(async () => {
  await close();
  await node.stop();
});

/** The arguments of the next event. */
async function argsOf(events) {
  return plain((await events.next()).args);
}

for (const member of members) {
  const { name, serializer, client } = member;
  // The guest is of the same client, with another serializer.
  const [format] = serializer.split('.');
  const other = members.find((one) => one.client === client && !one.serializer.startsWith(format));

  describe(name, () => {
    let admin;
    let guest;
    const call = async (procedure, args = [], kwargs = {}) =>
      plain((await admin.call(procedure, args, kwargs)).args[0]);

    before(async () => {
      admin = await joinAs(member, 'admin');
    });

    after(() => admin.leave());

    test('sees sessions come and go, with their testaments', async () => {
      const [joins, leaves, words] = [
        await admin.subscribe('wamp.session.on_join'),
        await admin.subscribe('wamp.session.on_leave'),
        await admin.subscribe(TOPIC),
      ];
      guest = await joinAs(other, 'guest');
      const session = plain(guest.session);
      const [details] = await argsOf(joins);
      assert.deepEqual([details.session, details.authid, details.authrole], [session, 'guest', 'guest']);
      assert.equal(details.transport.http_cbtid, null);
      assert.deepEqual(await call('wamp.session.get', [session]), details);
      assert.equal(await call('wamp.session.count'), 2);
      assert.deepEqual(await call('wamp.session.list', [['guest']]), [session]);
      await guest.call('wamp.session.add_testament', [TOPIC, ['dropped'], {}], { scope: 'detached' });
      assert.deepEqual(plain((await guest.call('wamp.session.flush_testaments', [], { scope: 'detached' })).args), [1]);
      await guest.call('wamp.session.add_testament', [TOPIC, ['farewell', 1], {}], {});
      await guest.leave();
      assert.deepEqual(await argsOf(leaves), [session, 'guest', 'guest']);
      assert.deepEqual(await argsOf(words), ['farewell', 1]);
      for (const events of [joins, leaves, words]) await events.unsubscribe();
    });

    test('ends sessions', async () => {
      guest = await joinAs(other, 'guest');
      const session = plain(guest.session);
      const leaves = await admin.subscribe('wamp.session.on_leave');
      assert.deepEqual(await call('wamp.session.kill_by_authid', ['guest'], { reason: 'com.example.bye' }), [session]);
      assert.deepEqual(await argsOf(leaves), [session, 'guest', 'guest']);
      assert.equal(await call('wamp.session.count'), 1);
      await assert.rejects(call('wamp.session.kill', [session]), ({ uri, args }) => {
        assert.equal(uri, 'wamp.error.no_such_session');
        assert.deepEqual(args, [`no session with ID ${session} exists on this router`]);
        return true;
      });
      await leaves.unsubscribe();
    });

    test('sees procedures and topics come and go', async () => {
      const events = {};
      for (const event of ['on_create', 'on_register', 'on_unregister', 'on_delete']) {
        events[event] = await admin.subscribe(`wamp.registration.${event}`);
      }
      const unregister = await admin.register(PROCEDURE, 'echo');
      const [session, created] = await argsOf(events.on_create);
      const { id, ...rest } = created;
      assert.equal(session, plain(admin.session));
      assert.match(rest.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual({ ...rest, created: '' }, { created: '', uri: PROCEDURE, match: 'exact', invoke: 'single' });
      assert.deepEqual(await argsOf(events.on_register), [session, id]);
      assert.deepEqual(await call('wamp.registration.list'), { exact: [id], prefix: [], wildcard: [] });
      assert.deepEqual(await call('wamp.registration.get', [id]), created);
      assert.equal(await call('wamp.registration.lookup', [PROCEDURE, { match: 'exact' }]), id);
      assert.equal(await call('wamp.registration.match', [PROCEDURE]), id);
      assert.deepEqual(await call('wamp.registration.list_callees', [id]), [session]);
      assert.equal(await call('wamp.registration.count_callees', [id]), 1);
      await unregister();
      assert.deepEqual(await argsOf(events.on_unregister), [session, id]);
      assert.deepEqual(await argsOf(events.on_delete), [session, id]);
      for (const each of Object.values(events)) await each.unsubscribe();

      const created2 = await admin.subscribe('wamp.subscription.on_create');
      const topic = await admin.subscribe(TOPIC);
      const [, subscription] = await argsOf(created2);
      assert.equal(subscription.uri, TOPIC);
      assert.deepEqual(await call('wamp.subscription.match', [TOPIC]), [subscription.id]);
      assert.deepEqual(await call('wamp.subscription.list_subscribers', [subscription.id]), [session]);
      await topic.unsubscribe();
      await created2.unsubscribe();
      await assert.rejects(call('wamp.subscription.get', [subscription.id]), {
        uri: 'wamp.error.no_such_subscription',
      });
    });

    test('is told what is wrong with an argument', async () => {
      await assert.rejects(call('wamp.session.get', ['x']), { uri: 'wamp.error.invalid_argument' });
    });
  });
}
