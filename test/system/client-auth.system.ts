/** The client's own authmethods against a real router over real sockets, TLS included. */
import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  anonymous,
  type ClientAuth,
  type ConnectOptions,
  CookieKeeper,
  connect,
  cookie,
  createRouter,
  cryptosign,
  type EmbeddedRouter,
  scram,
  ticket,
  tls,
  wampcra,
} from '../../src/index.ts';
import { ensureNodeKey } from '../../src/worker/node-key-files.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';

const PASSWORD = 'secret123';
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const EMAIL = 'foobar@example.com';
const WITHOUT_OPENSSL = hasOpenssl() ? false : 'openssl is absent';

const ROLES = [{ name: 'user', permissions: [] }];
const SCRAM_PRINCIPAL = {
  kdf: 'argon2id-13',
  iterations: 4096,
  memory: 512,
  salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
  'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
  'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
  role: 'user',
};
const CRA_USER = { secret: 'DpHHRlQ6UNULJlP9J8WkPw==', salt: 'salt123', iterations: 100, keylen: 16, role: 'user' };
const AUTH = {
  ticket: { type: 'static', principals: { joe: { ticket: PASSWORD, role: 'user' } } },
  wampcra: { type: 'static', users: { joe: CRA_USER } },
  scram: { type: 'static', principals: { [EMAIL]: SCRAM_PRINCIPAL } },
  cryptosign: { type: 'static', principals: { joe: { authorized_keys: [PUBLIC_KEY], role: 'user' } } },
  anonymous: { type: 'static', role: 'user' },
};

let directory: string;
let router: EmbeddedRouter;
let routerKey: string;
let certificates: Certificates;

before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'turnpike-client-auth-'));
  routerKey = ensureNodeKey(directory, { creator: 'joe@home', now: 0, random: randomBytes }).key.publicKey;
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const transports: object[] = [
    { type: 'websocket', endpoint, auth: { ...AUTH, cookie: {} }, cookie: {} },
    { type: 'rawsocket', endpoint, auth: AUTH },
  ];
  if (!WITHOUT_OPENSSL) {
    certificates = makeCertificates(directory);
    transports.push(secured('websocket', '1.2'), secured('websocket', '1.3'), secured('rawsocket', '1.3'));
  }
  router = await createRouter({ realms: [{ name: 'realm1', roles: ROLES }], transports }, { cbdir: directory });
});

after(async () => {
  await router?.close();
  rmSync(directory, { recursive: true });
});

function secured(type: string, version: string): object {
  const { serverKey, serverCertificate, intermediate, ca, clientCertificate } = certificates;
  const tlsSettings = {
    key: serverKey,
    certificate: serverCertificate,
    chain_certificates: [intermediate],
    ca_certificates: [ca],
    client_certificates: 'optional',
    min_version: version,
    max_version: version,
  };
  const pin = new X509Certificate(readFileSync(clientCertificate)).fingerprint256;
  return {
    type,
    endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0, tls: tlsSettings },
    auth: { ...AUTH, tls: { type: 'static', principals: { joe: { 'certificate-sha256': pin, role: 'user' } } } },
  };
}

function url(at: number): string {
  const scheme = ['ws', 'rs', 'wss', 'wss', 'rss'][at];
  return `${scheme}://127.0.0.1:${router.ports[at]}`;
}

/** Who the router takes the client for. */
async function logIn(at: number, auth: ClientAuth, more: Partial<ConnectOptions> = {}): Promise<unknown> {
  const session = await connect({ url: url(at), realm: 'realm1', authid: 'joe', auth, ...more });
  const { authid, authmethod, authprovider } = session;
  await session.leave();
  return [authid, authmethod, authprovider];
}

const REFUSED = { uri: 'wamp.error.not_authorized' };

for (const [at, name] of ['WebSocket', 'RawSocket'].entries()) {
  describe(`logins of the client over ${name}`, () => {
    it('by ticket, WAMP-CRA and cryptosign', async () => {
      assert.deepEqual(await logIn(at, ticket(PASSWORD)), ['joe', 'ticket', 'static']);
      assert.deepEqual(await logIn(at, wampcra(PASSWORD)), ['joe', 'wampcra', 'static']);
      assert.deepEqual(await logIn(at, cryptosign(SEED)), ['joe', 'cryptosign', 'static']);
      assert.deepEqual(await logIn(at, cryptosign(SEED, { routerKey })), ['joe', 'cryptosign', 'static']);
    });

    it('by SCRAM with Argon2id, the router proved', async () => {
      assert.deepEqual(await logIn(at, scram(PASSWORD), { authid: EMAIL }), [EMAIL, 'scram', 'static']);
    });

    it('anonymously', async () => {
      const [, ...rest] = (await logIn(at, anonymous())) as string[];
      assert.deepEqual(rest, ['anonymous', 'static']);
    });

    it('not with what is wrong', async () => {
      await assert.rejects(logIn(at, ticket('wrong')), REFUSED);
      await assert.rejects(logIn(at, wampcra('wrong')), REFUSED);
      await assert.rejects(logIn(at, cryptosign('ab'.repeat(32))), REFUSED);
      await assert.rejects(logIn(at, cryptosign(SEED, { routerKey: PUBLIC_KEY })), {
        uri: 'wamp.error.authentication_failed',
        message: /another key than the one that is expected/,
      });
    });
  });
}

describe('logins of the client by cookie', () => {
  it('come back as who they were, until the cookie is forgotten', async () => {
    const cookies = new CookieKeeper();
    const auth = [cookie(cookies), ticket(PASSWORD)];
    const first = await connect({ url: url(0), realm: 'realm1', authid: 'joe', auth });
    assert.equal(first.authprovider, 'static');
    await first.leave();
    assert.deepEqual(await logIn(0, cookie(cookies)), ['joe', 'ticket', 'cookie']);
    await assert.rejects(logIn(0, cookie(new CookieKeeper())), { uri: 'wamp.error.no_auth_method' });
  });
});

describe('logins of the client over TLS', { skip: WITHOUT_OPENSSL }, () => {
  const trusting = () => ({ tls: { caCertificates: [certificates.ca] } });

  it('by certificate', async () => {
    const { clientKey: key, clientCertificate: certificate, ca } = certificates;
    for (const at of [2, 3, 4]) {
      const own = { tls: { caCertificates: [ca], key, certificate } };
      assert.deepEqual(await logIn(at, tls(), own), ['joe', 'tls', 'static']);
      await assert.rejects(logIn(at, tls(), trusting()), REFUSED);
    }
  });

  it('bound to the TLS session, by cryptosign', async () => {
    for (const [at, channelBinding] of [
      [2, 'tls-unique'],
      [3, 'tls-unique'],
      [3, 'tls-exporter'],
      [4, 'tls-exporter'],
    ] as const) {
      const auth = cryptosign(SEED, { channelBinding, routerKey });
      assert.deepEqual(await logIn(at, auth, trusting()), ['joe', 'cryptosign', 'static']);
    }
  });

  it('bound to the TLS session, by SCRAM', async () => {
    for (const [at, channelBinding] of [
      [2, 'tls-unique'],
      [3, 'tls-exporter'],
    ] as const) {
      const auth = scram(PASSWORD, { channelBinding });
      assert.deepEqual(await logIn(at, auth, { authid: EMAIL, ...trusting() }), [EMAIL, 'scram', 'static']);
    }
  });

  it('not bound to what there is not', async () => {
    await assert.rejects(logIn(2, cryptosign(SEED, { channelBinding: 'tls-exporter' }), trusting()), {
      message: /nothing to bind a login to by tls-exporter/,
    });
    await assert.rejects(logIn(0, tls()), { message: /needs a connection with TLS/ });
  });
});
