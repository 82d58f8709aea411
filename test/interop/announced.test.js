/** What each client announces in HELLO, equal to what `features.json` says, of which docs/interoperability.md is made. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { allClients } from './clients/all.js';

const { features } = JSON.parse(readFileSync(new URL('features.json', import.meta.url), 'utf8'));
const { clients, close } = allClients();

after(close);

/** A router that listens to HELLO, and lets nobody in. */
async function announcedBy(join) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'wamp.2.json' });
  await once(server, 'listening');
  const hello = new Promise((resolve) => {
    server.on('connection', (socket) =>
      socket.once('message', (data) => {
        resolve(JSON.parse(data.toString()));
        socket.send(JSON.stringify([3, { message: 'that is enough' }, 'com.example.enough']));
      }),
    );
  });
  const url = `ws://127.0.0.1:${server.address().port}/`;
  await assert.rejects(join({ url, serializer: 'json', realm: 'realm1', authid: 'user1', ticket: 'x' }));
  server.close();
  const [, , { roles }] = await hello;
  return Object.entries(roles).flatMap(([role, details]) =>
    Object.entries(details.features)
      .filter(([, on]) => on === true)
      .map(([name]) => `${role}.${name}`),
  );
}

describe('what is announced', () => {
  for (const { name, join } of clients.filter(({ name }) => name !== 'Turnpike')) {
    test(`by ${name}`, async () => {
      const listed = features.filter(({ clients: all }) => all[name]?.announced === true);
      assert.deepEqual((await announcedBy(join)).toSorted(), listed.map(({ feature }) => feature).toSorted());
    });
  }
});
