/**
 * Clients that log in by a certificate. Autobahn|Python does so in `example-logins.test.js` and
 * `test/system/tls-logins.system.ts`. None takes a router for its own that it cannot verify, unless it is told to.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allClients } from './clients/all.js';
import { join as joinAutobahnJs } from './clients/autobahn-js.js';
import { plain } from './clients/plain.js';
import { startExampleNode } from './example-node.js';
import { freePorts, startNode } from './node.js';

const SCRIPT = fileURLToPath(new URL('../../examples/authmethods/make-certificates.sh', import.meta.url));

const { clients, close } = allClients();
const NAMES = ['Turnpike', 'Autobahn|JS', 'wampy'];
const DECIDER = { realm: 'realm1', authid: 'decider', ticket: 'let-me-decide' };
let directory;
let node;
/** An authority of our own, and somebody else's; each has certified a user1. */
let ours;
let theirs;

/** A file that an authority has made. */
function at(place, file) {
  return path.join(directory, place, file);
}

before(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-certificates-'));
  const make = (place) => {
    const fingerprint = execFileSync('sh', [SCRIPT, path.join(directory, place)], { encoding: 'utf8' }).trim();
    const [ca, cert, key] = ['authority.pem', 'user1.pem', 'user1.key'].map((file) => at(place, file));
    return { fingerprint, ca, cert, key };
  };
  ours = make('ours');
  theirs = make('theirs');
  const files = ['node.pem', 'node.key', 'authority.pem'];
  const moves = Object.fromEntries(files.map((file) => [`../certificates/${file}`, at('ours', file)]));
  node = await startExampleNode('authmethods', {
    config: 'tls.yaml',
    env: { USER1_CERTIFICATE: ours.fingerprint },
    moves,
  });
});

after(async () => {
  await close();
  await node.stop();
  await fs.rm(directory, { recursive: true });
});

function logIn(join, kind, tls, more = {}) {
  const url = `wss://localhost:${node.port}/${kind}`;
  return join({ url, serializer: 'json', realm: 'realm1', authid: 'mary', authmethod: 'tls', tls, ...more });
}

for (const { name, join, ways } of clients.filter(({ name }) => NAMES.includes(name))) {
  describe(name, () => {
    for (const kind of ['static', 'dynamic']) {
      for (const { serializer } of ways.filter(({ scheme }) => scheme === 'ws')) {
        test(`comes in by its certificate, ${kind}, ${serializer}`, async () => {
          const { ca, cert, key } = ours;
          const session = await logIn(join, kind, { ca, cert, key }, { serializer });
          assert.deepEqual([session.authid, session.authrole], ['user1', 'user']);
          await session.leave();
        });
      }
    }

    test('is told by ABORT why it stays out', async () => {
      const { ca, cert, key } = ours;
      const login = logIn(join, 'static', { ca, cert, key }, { realm: 'realm9' });
      await assert.rejects(login, { uri: 'wamp.error.no_such_realm' });
    });

    test('stays out without a certificate, and with one of another authority', async () => {
      const { ca } = ours;
      await assert.rejects(logIn(join, 'static', { ca }));
      await assert.rejects(logIn(join, 'static', { ca, cert: theirs.cert, key: theirs.key }));
    });

    test('takes no router of another authority', async () => {
      const { cert, key } = ours;
      await assert.rejects(logIn(join, 'static', { ca: theirs.ca, cert, key }));
    });
  });
}

describe('decided by each client as authenticator', () => {
  let deciding;
  let port;
  let secure;

  before(async () => {
    [port, secure] = await freePorts(2);
    deciding = await startNode(decidingNode(port, secure));
  });

  after(() => deciding.stop());

  const logInAs = (join, authid) => {
    const { ca, cert, key } = ours;
    const url = `wss://localhost:${secure}/`;
    return join({ url, serializer: 'json', realm: 'realm1', authid, authmethod: 'tls', tls: { ca, cert, key } });
  };

  for (const { name, join } of clients) {
    test(name, async (t) => {
      const session = await join({ url: `ws://127.0.0.1:${port}/`, serializer: 'json', ...DECIDER });
      t.after(() => session.leave());
      await session.register('com.example.decide', 'decide');
      for (const { join } of clients.filter(({ name }) => NAMES.includes(name))) {
        const client = await logInAs(join, 'user1');
        assert.deepEqual([client.authid, client.authrole], ['user1', 'user']);
        assert.deepEqual(plain(client.authextra.saw), { authmethod: 'tls', authid: 'user1' });
        await client.leave();
        await assert.rejects(logInAs(join, 'mary'), { uri: 'com.example.no_such_user' });
      }
    });
  }
});

function decidingNode(port, secure) {
  const [certificate, key, authority] = ['node.pem', 'node.key', 'authority.pem'].map((file) => at('ours', file));
  const endpoint = { type: 'tcp', interface: '127.0.0.1' };
  const tls = { certificate, key, ca_certificates: [authority] };
  const { realm, authid, ticket } = DECIDER;
  const decide = 'com.example.decide';
  const asking = { type: 'dynamic', authenticator: decide, 'authenticator-realm': realm };
  const decider = { type: 'static', principals: { [authid]: { ticket, role: 'decider' } } };
  const roles = [
    { name: 'user', permissions: [] },
    { name: 'decider', permissions: [{ uri: decide, match: 'exact', allow: { register: true } }] },
  ];
  const transports = [
    { type: 'websocket', endpoint: { ...endpoint, port }, auth: { ticket: decider } },
    { type: 'websocket', endpoint: { ...endpoint, port: secure, tls }, auth: { tls: asking } },
  ];
  return { version: 2, workers: [{ type: 'router', realms: [{ name: realm, roles }], transports }] };
}

test('Autobahn|JS by its own tlsConfiguration comes in too, but takes any router', async () => {
  const { cert, key } = ours;
  const session = await logIn(joinAutobahnJs, 'static', { ca: theirs.ca, cert, key }, { verify: false });
  assert.equal(session.authid, 'user1');
  await session.leave();
});
