import { allClients } from './clients/all.js';
import { freePorts, longPollTransport, startNode } from './node.js';

const LOGIN = { realm: 'realm1', authid: 'user1', ticket: '123secret' };
const PREFIX = 'com.example.mixed.';

/**
 * Every client with each of its serializers over WebSocket, and over long-poll where it has that, on a realm where all
 * is allowed and everybody disclosed. Call it at once, `start` before the tests and `stop` after them.
 */
export function mixedClients() {
  const { clients, close } = allClients();
  const members = clients.flatMap(({ name, join, ways }, client) => {
    const plain = ways.filter(({ scheme, serializer }) => scheme !== 'rs' && !serializer.endsWith('.batched'));
    return plain.map((way, place) => ({
      ...way,
      name: `${name}, ${way.name}`,
      client: name,
      join,
      uri: `${PREFIX}c${client}.w${place}`,
    }));
  });
  let node;
  let urls;
  const joinOnce = (member) => member.join({ url: urls[member.scheme], serializer: member.serializer, ...LOGIN });
  return {
    members,
    /** One of each client, each with another serializer than this member has: what goes between them is written anew. */
    partnersOf: (member) =>
      clients.map(({ name }) =>
        members.find(({ client, serializer }) => client === name && serializer !== member.serializer),
      ),
    /** One more session of a client. */
    joinAgain: joinOnce,
    async start() {
      const [ws, lp] = await freePorts(2);
      urls = { ws: `ws://127.0.0.1:${ws}/`, lp: `http://127.0.0.1:${lp}/lp` };
      node = await startNode(config(ws, lp));
      for (const member of members) member.session = await joinOnce(member);
    },
    async stop() {
      for (const { session } of members) await session?.leave();
      await close();
      await node.stop();
    },
  };
}

function config(ws, lp) {
  const auth = { ticket: { type: 'static', principals: { user1: { ticket: '123secret', role: 'user' } } } };
  const permission = {
    uri: '*',
    allow: { call: true, register: true, publish: true, subscribe: true },
    disclose: { caller: true, publisher: true },
  };
  return {
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [{ name: 'realm1', roles: [{ name: 'user', trustlevel: 3, permissions: [permission] }] }],
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
  };
}
