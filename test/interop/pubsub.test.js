/** Patterns, retained events, black- and whitelists and the event history, between all clients and serializers. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allClients } from './clients/all.js';
import { plain } from './clients/plain.js';
import { freePorts, longPollTransport, startNode } from './node.js';

const { clients, close } = allClients();
const members = clients.flatMap(({ name, join, ways }, client) =>
  ways.map((way, place) => ({
    ...way,
    name: `${name}, ${way.name}`,
    client: name,
    join,
    uri: `com.c${client}.w${place}`,
  })),
);
/** wampy takes `retain` and leaves it out of PUBLISH. */
const mayRetain = ({ client }) => client !== 'wampy';
/** One of each client, as publishers. */
const publishers = clients.map(({ name }) => members.findLast(({ client }) => client === name));
let node;
let joinAs;

before(async () => {
  const [ws, rs, lp] = await freePorts(3);
  const all = { call: true, register: true, publish: true, subscribe: true };
  const role = (name) => ({ name, permissions: [{ uri: '*', allow: all }] });
  const principals = { ann: { ticket: 'ann', role: 'admin' }, bob: { ticket: 'bob', role: 'guest' } };
  const auth = { ticket: { type: 'static', principals } };
  const history = members.map(({ uri }) => ({ uri: `${uri}.kept`, match: 'prefix' }));
  const realm = { name: 'realm1', roles: [role('admin'), role('guest')] };
  const endpoint = (port) => ({ type: 'tcp', interface: '127.0.0.1', port });
  node = await startNode({
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [{ ...realm, store: { type: 'memory', 'event-history': history } }],
        transports: [
          { type: 'websocket', endpoint: endpoint(ws), auth },
          { type: 'rawsocket', endpoint: endpoint(rs), auth },
          longPollTransport(lp, auth),
        ],
      },
    ],
  });
  const urls = { ws: `ws://127.0.0.1:${ws}/`, rs: `rs://127.0.0.1:${rs}`, lp: `http://127.0.0.1:${lp}/lp` };
  joinAs = ({ join, scheme, serializer }, authid) =>
    join({ url: urls[scheme], realm: 'realm1', authid, ticket: authid, serializer });
  for (const publisher of publishers) publisher.session = await joinAs(publisher, 'ann');
});

after(async () => {
  for (const { session } of publishers) await session?.leave();
  await close();
  await node.stop();
});

/** wampy tells its handlers no publication. */
function assertPublication({ details }, expected, what) {
  if (details.publication !== null) assert.equal(plain(details.publication), plain(expected), what);
}

for (const member of members) {
  describe(member.name, () => {
    const { uri } = member;
    let ann;
    let bob;

    before(async () => {
      ann = await joinAs(member, 'ann');
      bob = await joinAs(member, 'bob');
    });

    after(async () => {
      await ann.leave();
      await bob.leave();
    });

    test('gets one event for each subscription that matches, with its topic', async () => {
      const topic = `${uri}.pattern.topic`;
      const subscriptions = [
        await ann.subscribe(topic),
        await ann.subscribe(`${uri}.patt`, { match: 'prefix' }),
        await ann.subscribe(`${uri}..topic`, { match: 'wildcard' }),
      ];
      for (const publisher of publishers) {
        const publication = await publisher.session.publish(topic, [publisher.name], { k: ['ü'] });
        for (const subscription of subscriptions) {
          const event = await subscription.next();
          assert.deepEqual(plain([event.args, event.kwargs]), [[publisher.name], { k: ['ü'] }]);
          assert.equal(event.details.topic, topic, publisher.name);
          assert.equal(event.details.retained, false, publisher.name);
          assertPublication(event, publication, publisher.name);
        }
      }
      for (const subscription of subscriptions) await subscription.unsubscribe();
    });

    test('gets what was retained before it came, by topic and by pattern', async () => {
      for (const publisher of publishers.filter(mayRetain)) {
        const topic = `${uri}.retained.${publisher.client.replaceAll(/\W/g, '')}`;
        await publisher.session.publish(topic, ['old'], {}, { retain: true });
        const publication = await publisher.session.publish(topic, [publisher.name], {}, { retain: true });
        for (const [wanted, match] of [
          [topic, 'exact'],
          [topic.slice(0, -1), 'prefix'],
        ]) {
          const subscription = await ann.subscribe(wanted, { match, get_retained: true });
          const event = await subscription.next();
          assert.deepEqual(plain(event.args), [publisher.name], match);
          assert.deepEqual([event.details.topic, event.details.retained], [topic, true], match);
          assertPublication(event, publication, match);
          await subscription.unsubscribe();
        }
      }
    });

    test('gets what it is chosen for, and nothing else', async () => {
      const topic = `${uri}.chosen`;
      const [of, other] = [await ann.subscribe(topic), await bob.subscribe(topic)];
      const lists = [
        [{ eligible_authrole: ['admin'] }, [true, false]],
        [{ eligible_authid: ['bob', 'eve'] }, [false, true]],
        [{ eligible: [plain(ann.session)] }, [true, false]],
        [{ exclude: [plain(ann.session)] }, [false, true]],
        [{ exclude_authid: ['bob'] }, [true, false]],
        [{ exclude_authrole: ['guest', 'nobody'] }, [true, false]],
        [{ eligible_authrole: ['admin', 'guest'], exclude_authid: ['ann'] }, [false, true]],
      ];
      for (const publisher of publishers) {
        for (const [at, [options]] of lists.entries()) await publisher.session.publish(topic, [at], {}, options);
        await publisher.session.publish(topic, ['end'], {});
        for (const [who, events] of [of, other].entries()) {
          const expected = [...lists.keys()].filter((at) => lists[at][1][who]);
          const got = [];
          for (let event = await events.next(); event.args[0] !== 'end'; event = await events.next()) {
            got.push(plain(event.args[0]));
          }
          assert.deepEqual(got, expected, `${publisher.name} to ${['ann', 'bob'][who]}`);
        }
      }
      for (const subscription of [of, other]) await subscription.unsubscribe();
    });

    test('reads what was published before, of every client', async () => {
      for (const publisher of publishers) await publisher.session.publish(`${uri}.kept.a`, [publisher.name, ['ü']], {});
      const lookUp = await ann.call('wamp.subscription.lookup', [`${uri}.kept`, { match: 'prefix' }], {});
      const events = async (kwargs) => {
        const { args } = await ann.call('wamp.subscription.get_events', [lookUp.args[0]], kwargs);
        return plain(args[0].map((event) => [event.topic, event.args]));
      };
      const expected = publishers.map(({ name }) => [`${uri}.kept.a`, [name, ['ü']]]);
      assert.deepEqual(await events({ reverse: false }), expected);
      assert.deepEqual(await events({ limit: 2 }), expected.toReversed().slice(0, 2));
    });
  });
}
