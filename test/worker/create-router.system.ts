import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from '../../src/client/connect.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { createRouter, type RouterOptions } from '../../src/worker/create-router.ts';

const ANYTHING = { uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } };
const REALMS = [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [ANYTHING] }] }];
const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0 };

let cbdir: string;

before(() => {
  cbdir = mkdtempSync(join(tmpdir(), 'turnpike-'));
  writeFileSync(
    join(cbdir, 'component.js'),
    `export default async function (session, { extra, log }) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await session.register('com.example.extra', () => extra);
      log.info('component is up');
    }
    export async function failing() { throw new Error('no database'); }
    export const notAFunction = 1;`,
  );
});
after(() => rmSync(cbdir, { recursive: true }));

function component(more: object): RouterOptions {
  const module = { type: 'module', module: './component.js', realm: 'realm1', role: 'anonymous', ...more };
  return { realms: REALMS, components: [module], transports: [{ type: 'websocket', endpoint: LOOPBACK }] };
}

describe('an embedded router', () => {
  it('has its components up before anybody can connect, and tells where it listens', async () => {
    const router = await createRouter(component({ extra: { colour: 'blue' } }), { cbdir });
    try {
      assert.match(router.addresses[0] ?? '', /^ws:\/\/127\.0\.0\.1:\d+\/$/);
      assert.equal(router.addresses[0], `ws://127.0.0.1:${router.ports[0]}/`);
      const client = await connect({ url: router.addresses[0] ?? '', realm: 'realm1' });
      assert.deepEqual({ ...((await client.call('com.example.extra')) as object) }, { colour: 'blue' });
      assert.equal(router.sessions, 1);
      await client.leave();
    } finally {
      await router.close();
    }
    assert.equal(router.sessions, 0);
    await router.close();
  });

  it('tells all that is wrong with its configuration at once', async () => {
    const options = { realms: [{ name: 'x' }, { name: 'realm1', rolez: [] }] };
    await assert.rejects(createRouter(options), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.path),
        ['workers[0].realms[0].name', 'workers[0].realms[1].rolez'],
      );
      return true;
    });
  });

  const failures: [string, object, RegExp][] = [
    ['is not there', { module: './nowhere.js' }, /component001.*cannot be imported/],
    ['has no such export', { export: 'somethingElse' }, /has no function of that name/],
    ['exports something else than a function', { export: 'notAFunction' }, /has no function of that name/],
    ['fails', { export: 'failing' }, /it failed to start: no database/],
  ];
  for (const [fault, more, text] of failures) {
    it(`does not start where a component ${fault}, and leaves nothing behind`, async () => {
      await assert.rejects(createRouter(component(more), { cbdir }), text);
    });
  }

  it('does not start on a port that is taken, and says which', async () => {
    const first = await createRouter({ realms: REALMS, transports: [{ type: 'rawsocket', endpoint: LOOPBACK }] });
    try {
      const endpoint = { ...LOOPBACK, port: first.ports[0] };
      const second = createRouter({ realms: REALMS, transports: [{ type: 'rawsocket', endpoint }] });
      await assert.rejects(second, new RegExp(`127\\.0\\.0\\.1:${first.ports[0]}`));
    } finally {
      await first.close();
    }
  });

  it('gives Unix sockets addresses that its own client takes', async () => {
    const transports = [
      { type: 'rawsocket', endpoint: { type: 'unix', path: 'rs.sock' } },
      {
        type: 'web',
        endpoint: { type: 'unix', path: 'web.sock' },
        paths: { '/': { type: 'nodeinfo' }, ws: { type: 'websocket' } },
      },
    ];
    const router = await createRouter({ realms: REALMS, transports }, { cbdir });
    try {
      const urls = router.addresses.filter((address) => !address.startsWith('http'));
      assert.equal(urls.length, 2);
      for (const url of urls) {
        const client = await connect({ url, realm: 'realm1' });
        await client.leave();
      }
    } finally {
      await router.close();
    }
  });

  it('bounds how long a request for a WebSocket may take, as open_handshake_timeout says', async () => {
    const websocket = { type: 'websocket', options: { open_handshake_timeout: 1_000 } };
    const paths = { '/': { type: 'nodeinfo' }, ws: websocket };
    const router = await createRouter({ realms: REALMS, transports: [{ type: 'web', endpoint: LOOPBACK, paths }] });
    try {
      const began = performance.now();
      const socket = connectSocket(router.ports[0] ?? 0, '127.0.0.1');
      socket.write('GET /ws HTTP/1.1\r\nHost: localhost\r\n');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      await once(socket, 'close');
      assert.match(answer, /^HTTP\/1\.1 408 /);
      assert.ok(performance.now() - began < 8_000);
    } finally {
      await router.close();
    }
  });

  it('joins in-process sessions in a role of the realm, or as trusted, and refuses others', async () => {
    const router = await createRouter({ realms: REALMS });
    try {
      const trusted = await router.join({ realm: 'realm1' });
      assert.equal(trusted.authrole, 'trusted');
      const named = await router.join({ realm: 'realm1', role: 'anonymous', authid: 'ann' });
      assert.deepEqual([named.authrole, named.authid], ['anonymous', 'ann']);
      await assert.rejects(router.join({ realm: 'nowhere' }), RangeError);
      await assert.rejects(router.join({ realm: 'realm1', role: 'nobody' }), RangeError);
    } finally {
      await router.close();
    }
  });
});
