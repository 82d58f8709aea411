/** Logins by certificate, logins bound to their TLS session, and proxies: on real sockets, with foreign clients. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type ClientSession, connect, createRouter, type EmbeddedRouter } from '../../src/index.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { readNodeKey } from '../../src/worker/node-key-files.ts';
import { pythonWith } from '../support/python-with.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { LogLines } from './log-lines.ts';

const ROOT = repositoryRoot();
const DRIVER = path.join(ROOT, 'test', 'system', 'tls_login.py');
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const SKIP = hasOpenssl() ? false : 'no openssl on this machine';
const AUTOBAHN = pythonWith('import autobahn.asyncio.component, nacl, base58');
const PYOPENSSL = pythonWith('import OpenSSL, cryptography');

let directory = '';
let remove = async (): Promise<void> => {};
let files: Certificates;
let router: EmbeddedRouter;
let authenticator: ClientSession;
const lines = new LogLines();
/** What the dynamic authenticator was called with. */
const asked: Dict[] = [];

const FRONTEND = { peer: 'tcp4:203.0.113.7:4711', type: 'websocket', is_secure: true };
const PROXIED = {
  proxy_realm: 'realm1',
  proxy_authid: 'joe',
  proxy_authrole: 'user',
  proxy_authextra: { mine: 1, transport: FRONTEND },
};

before(async () => {
  if (SKIP !== false) return;
  ({ directory, remove } = await temporaryDirectory());
  files = makeCertificates(directory);
  const fingerprint = openssl('x509', '-in', files.clientCertificate, '-noout', '-fingerprint', '-sha1');
  const sha1 = fingerprint.slice(fingerprint.indexOf('=') + 1).trim();
  const { serverKey: key, serverCertificate: certificate, intermediate, ca } = files;
  const tls = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls };
  const cryptosign = { type: 'static', principals: { joe: { authorized_keys: [PUBLIC_KEY], role: 'user' } } };
  const auth = { tls: { type: 'static', principals: { joe: { 'certificate-sha1': sha1, role: 'user' } } }, cryptosign };
  const asking = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm1' };
  const bound = { ...asking, authenticator: 'com.example.find_key', channel_binding: 'required' };
  const backend = { proxy_backend: true, type: 'static' };
  await fs.writeFile(
    path.join(directory, 'key.priv'),
    `key\n\npublic-key-ed25519: ${PUBLIC_KEY}\nprivate-key-ed25519: ${SEED}\n`,
    { mode: 0o600 },
  );
  router = await createRouter(
    {
      realms: [{ name: 'realm1', roles: [{ name: 'user', permissions: [{ uri: '*', allow: { call: true } }] }] }],
      transports: [
        { type: 'websocket', endpoint, auth },
        { type: 'rawsocket', endpoint, auth },
        { type: 'websocket', endpoint, auth: { tls: asking } },
        {
          type: 'rawsocket',
          endpoint,
          auth: { tls: asking, cryptosign: { ...cryptosign, channel_binding: 'required' } },
        },
        { type: 'rawsocket', endpoint: { type: 'unix', path: 'backend.sock' }, auth: { 'anonymous-proxy': backend } },
        {
          type: 'rawsocket',
          endpoint: { ...endpoint, tls: { ...tls, client_certificates: 'optional' } },
          auth: { tls: auth.tls },
        },
        { type: 'websocket', endpoint, auth: { cryptosign: bound } },
        { type: 'rawsocket', endpoint, auth: { cryptosign: bound } },
      ],
    },
    { cbdir: directory, log: lines.log },
  );
  authenticator = await router.join({ realm: 'realm1' });
  await authenticator.register('com.example.authenticate', ([realm, authid, details]) => {
    asked.push({ realm, authid, ...(details as Dict) });
    return { role: 'user', authid: 'by-certificate' };
  });
  await authenticator.register('com.example.find_key', () => ({
    pubkey: PUBLIC_KEY,
    authid: 'joe',
    role: 'user',
  }));
});

after(async () => {
  if (SKIP !== false) return;
  await authenticator.leave();
  await router.close();
  await remove();
});

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8' });
}

function join(at: number, more: Dict = {}): Promise<ClientSession> {
  const { ca, clientKey: key, clientCertificate: certificate } = files;
  const port = router.ports[at];
  const url = at === 0 || at === 2 ? `wss://localhost:${port}/` : `rss://localhost:${port}`;
  return connect({
    url,
    realm: 'realm1',
    authmethods: ['tls'],
    tls: { caCertificates: [ca], key, certificate },
    ...more,
  });
}

describe('authmethod tls', { skip: SKIP, timeout: 60_000 }, () => {
  for (const [at, transport] of ['websocket', 'rawsocket'].entries()) {
    it(`static, ${transport}: the certificate says who it is`, async () => {
      const session = await join(at, { authid: 'somebody-else' });
      assert.deepEqual([session.authid, session.authrole], ['joe', 'user']);
      await session.leave();
    });

    it(`dynamic, ${transport}: the authenticator sees certificate and channel`, async () => {
      asked.length = 0;
      const session = await join(at + 2);
      assert.equal(session.authid, 'by-certificate');
      const [{ transport: details } = {}] = asked as { transport?: Dict }[];
      const certificate = details?.['peer_cert'] as Dict;
      const fingerprint = openssl('x509', '-in', files.clientCertificate, '-noout', '-fingerprint', '-sha256');
      assert.equal(certificate['sha256'], fingerprint.slice(fingerprint.indexOf('=') + 1).trim());
      assert.deepEqual(
        [{ ...(certificate['subject'] as Dict) }, { ...(certificate['issuer'] as Dict) }],
        [{ cn: 'client' }, { cn: 'ca' }],
      );
      assert.deepEqual(details?.['client_cert'], certificate);
      assert.deepEqual(
        [details?.['is_secure'], details?.['channel_type'], details?.['type']],
        [true, 'tls', transport],
      );
      assert.equal(details?.['own'], `tcp4:127.0.0.1:${router.ports[at + 2]}`);
      const channels = details?.['channel_id'] as Record<string, Uint8Array>;
      assert.deepEqual(Object.keys(channels).toSorted(), ['tls-exporter', 'tls-unique']);
      for (const id of Object.values(channels)) assert.equal(id.length, 32);
      await session.leave();
    });
  }

  it('a client without a certificate is refused by the login, where the endpoint lets it in', async () => {
    const { ca } = files;
    const missing = join(5, { tls: { caCertificates: [ca] } });
    await assert.rejects(missing, /client did not send a TLS client certificate/);
    const session = await join(5);
    assert.equal(session.authid, 'joe');
    await session.leave();
  });
});

describe('anonymous-proxy, on a Unix socket', { skip: SKIP, timeout: 60_000 }, () => {
  it('the client is known by the connection that it has to the proxy', async () => {
    const url = `rs+unix://${path.join(directory, 'backend.sock')}`;
    const session = await connect({
      url,
      realm: 'realm1',
      authmethods: ['anonymous-proxy'],
      authid: 'node',
      authextra: PROXIED,
    });
    assert.deepEqual([session.authid, session.authrole], ['joe', 'user']);
    const details = (await authenticator.call('wamp.session.get', [session.id])) as Dict;
    const { transport, authmethod, authextra } = details as { transport: Dict; authmethod: string; authextra: Dict };
    assert.equal(transport['peer'], FRONTEND.peer);
    assert.equal(authmethod, 'anonymous-proxy');
    assert.equal(authextra['mine'], 1);
    assert.equal(authextra['transport'], undefined);
    await session.leave();
  });
});

/** What the driver says. */
async function login(
  python: string | null,
  order: Dict,
): Promise<{ welcome?: unknown; failure?: unknown; router?: string }> {
  assert.ok(python !== null);
  const { ca, clientKey: key, clientCertificate: certificate } = files;
  const child = spawn(python, [DRIVER], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify({ ca, key, certificate, seed: SEED, ...order }));
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  try {
    return JSON.parse(said.trim().split('\n').at(-1) ?? '');
  } catch {
    return { failure: [said, complained] };
  }
}

describe('[row 45] a TLS session', { skip: SKIP, timeout: 60_000 }, () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`is never resumed on ${version}: each connection has what a login is bound to for itself`, async () => {
      const { ca, clientKey, clientCertificate } = files;
      const pem = (name: string): Buffer => readFileSync(name);
      const options = { ca: pem(ca), key: pem(clientKey), cert: pem(clientCertificate), servername: 'localhost' };
      const visit = async (session?: Buffer) => {
        const more = {
          ...options,
          minVersion: version,
          maxVersion: version,
          ...(session !== undefined && { session }),
        };
        const socket = connectTls(router.ports[1] ?? 0, '127.0.0.1', more);
        await once(socket, 'secureConnect');
        // Tickets of TLS 1.3 would come with the first data.
        socket.write(Buffer.from([0x7f, 0xf1, 0, 0]));
        await once(socket, 'data');
        const seen = {
          session: socket.getSession(),
          isReused: socket.isSessionReused(),
          finished: socket.getFinished(),
        };
        socket.destroy();
        return seen;
      };
      const first = await visit();
      const second = await visit(first.session);
      assert.deepEqual([first.isReused, second.isReused], [false, false]);
      assert.ok(first.finished !== undefined && second.finished !== undefined);
      assert.ok(!first.finished.equals(second.finished));
    });
  }
});

const WELCOME = ['joe', 'user', 'cryptosign'];

describe('Autobahn|Python over TLS', {
  skip: SKIP || (AUTOBAHN === null && 'autobahn[encryption] is absent from .venv'),
  timeout: 120_000,
}, () => {
  for (const [kind, at] of [['static', 0] as const, ['dynamic', 6] as const]) {
    for (const version of ['1.2', '1.3']) {
      it(`cryptosign bound by tls-unique, on TLS ${version}, ${kind}`, async () => {
        const authentication = { authid: 'joe', privkey: SEED, authextra: { channel_binding: 'tls-unique' } };
        const order = { client: 'autobahn', version, authmethod: 'cryptosign', port: router.ports[at], authentication };
        assert.deepEqual(await login(AUTOBAHN, order), { welcome: WELCOME });
      });
    }
  }
});

describe('pyOpenSSL', {
  skip: SKIP || (PYOPENSSL === null && 'pyOpenSSL is absent from .venv'),
  timeout: 120_000,
}, () => {
  const order = (version: string, binding: string, at = 1): Dict => ({
    client: 'raw',
    version,
    binding,
    port: router.ports[at],
  });

  for (const at of [1, 3, 7]) {
    it(`cryptosign bound by tls-exporter on TLS 1.3, and the router proves itself on the same session (${at})`, async () => {
      const { welcome, router: key } = await login(PYOPENSSL, order('1.3', 'exporter', at));
      assert.deepEqual([welcome, key], [WELCOME, readNodeKey(directory)?.publicKey]);
    });
  }

  it('by the server’s Finished message, as Autobahn before 2026 does it', async () => {
    for (const at of [1, 7]) {
      for (const version of ['1.2', '1.3']) {
        assert.deepEqual((await login(PYOPENSSL, order(version, 'finished', at))).welcome, WELCOME);
      }
    }
  });

  it('there is no tls-exporter on TLS 1.2, and nobody goes on without', async () => {
    const { failure } = await login(PYOPENSSL, order('1.2', 'exporter'));
    const message = 'channel binding "tls-exporter" requested, but the transport has no TLS channel ID';
    assert.deepEqual(failure, ['wamp.error.not_authorized', message]);
  });

  it('a signature that is not bound, or to another session, is refused', async () => {
    for (const version of ['1.2', '1.3']) {
      const { failure } = await login(PYOPENSSL, order(version, 'none'));
      assert.deepEqual(failure, ['wamp.error.not_authorized', 'signed message is not the challenge']);
    }
  });
});
