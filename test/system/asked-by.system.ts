/**
 * Each authmethod, over real sockets: on which realm and in which role its authenticator is called, what of the client that
 * says, and what `default-role` adds.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { clientOf, judge, listedFingerprint, METHODS, type Method, procedureOf } from './login-clients.ts';
import { connectPeer, type PeerTls } from './raw-peer.ts';

const SKIP = hasOpenssl() ? false : 'no openssl on this machine';

/** Who is asked, and by whom; the client's own realm is `realm1`. */
const WAYS = {
  'authenticator-realm and authenticator-role': {
    options: { 'authenticator-realm': 'realm-auth', 'authenticator-role': 'caller' },
    asked: { realm: 'realm-auth', role: 'caller' },
  },
  'authenticator-role': { options: { 'authenticator-role': 'caller' }, asked: { realm: 'realm1', role: 'caller' } },
  'authenticator-realm': {
    options: { 'authenticator-realm': 'realm-auth' },
    asked: { realm: 'realm-auth', role: 'trusted' },
  },
  'a function': { options: null, asked: { realm: null, role: null } },
};
type Way = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as Way[];

/** What of the client an authenticator says, but for the role. */
const IDENTITY = { realm: 'realm2', authid: 'renamed', extra: { mine: 1 } };
const ASSIGNED: Dict = { realm: 'realm2', authid: 'renamed', authrole: 'visitor', mine: 1 };
const OF_PROXIES: Partial<Record<Method, Dict>> = {
  // The proxy has named a role.
  'anonymous-proxy': { ...ASSIGNED, authrole: 'user' },
  // The authenticator knows the proxy by its key; who the client is, the proxy says alone.
  'cryptosign-proxy': { realm: 'realm1', authid: 'user1', authrole: 'user', mine: undefined },
};

let router: EmbeddedRouter;
let tls: PeerTls;
let remove = async (): Promise<void> => {};
let listed = '';
const asked: Dict[] = [];

function answer(method: Method, args: readonly unknown[], by: { realm: string | null; role: unknown }): unknown {
  asked.push({ ...by, arguments: args.slice(0, 2) });
  const { role: _role, ...credentials } = judge(method, args, listed) as Dict;
  return { ...credentials, ...IDENTITY };
}

before(async () => {
  if (SKIP !== false) return;
  const place = await temporaryDirectory();
  const { directory } = place;
  const files = makeCertificates(directory);
  listed = listedFingerprint(files);
  writeFileSync(
    join(directory, 'auth.mjs'),
    'export const create = ({ key, method }) => (...call) => globalThis[key](method, call);',
  );
  Object.assign(globalThis, {
    [directory]: (method: Method, args: readonly unknown[]) => answer(method, args, { realm: null, role: null }),
  });
  remove = async () => {
    Reflect.deleteProperty(globalThis, directory);
    await place.remove();
  };
  const { serverKey: key, serverCertificate: certificate, intermediate, ca } = files;
  const secure = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls: secure };
  const transportOf = (method: Method, way: Way): object => {
    const { options } = WAYS[way];
    const backend = method.endsWith('-proxy') ? { proxy_backend: true } : {};
    const kind =
      options === null
        ? { type: 'function', create: './auth.mjs#create', config: { key: directory, method } }
        : { type: 'dynamic', authenticator: procedureOf(method), ...options };
    return { type: 'rawsocket', endpoint, auth: { [method]: { ...kind, 'default-role': 'visitor', ...backend } } };
  };
  const called = { uri: 'com.example.authenticate.*', allow: { call: true, register: true } };
  const roles = [
    { name: 'user', permissions: [] },
    { name: 'visitor', permissions: [] },
    { name: 'caller', permissions: [{ ...called, disclose: { caller: true } }] },
  ];
  const realms = ['realm1', 'realm2', 'realm-auth'].map((name) => ({ name, roles }));
  const transports = METHODS.flatMap((method) => NAMES.map((way) => transportOf(method, way)));
  router = await createRouter({ realms, transports }, { cbdir: directory });
  for (const realm of ['realm1', 'realm-auth']) {
    const session = await router.join({ realm, role: 'caller' });
    for (const method of METHODS) {
      await session.register(procedureOf(method), (args, _kwargs, { callerAuthrole: role }) =>
        answer(method, args, { realm, role }),
      );
    }
  }
  const pem = (name: string): Buffer => readFileSync(name);
  tls = { ca: pem(ca), cert: pem(files.clientCertificate), key: pem(files.clientKey) };
});

after(async () => {
  if (SKIP !== false) return;
  await router.close();
  await remove();
});

/** @returns WELCOME.Details */
async function logIn(method: Method, way: Way): Promise<Dict> {
  const port = router.ports[METHODS.indexOf(method) * NAMES.length + NAMES.indexOf(way)] ?? 0;
  const peer = await connectPeer({ type: 'rawsocket', port, tls }, null);
  const { authid, authextra, answer } = clientOf(method, 'good', 'realm1');
  peer.say(1, 'realm1', { roles: { caller: {} }, authmethods: [method], authid, authextra });
  let word = await peer.hear();
  if (word?.[0] === 4) {
    peer.say(5, answer(word[2] as Dict), {});
    word = await peer.hear();
  }
  peer.cut();
  assert.equal(word?.[0], 2, JSON.stringify(word));
  return word?.[2] as Dict;
}

for (const method of METHODS) {
  describe(`${method}: who is asked, by whom, and what counts`, { skip: SKIP, timeout: 60_000 }, () => {
    for (const way of NAMES) {
      it(way, async () => {
        asked.length = 0;
        const { realm, authid, authrole, authmethod, authprovider, authextra } = await logIn(method, way);
        const { mine } = isDict(authextra) ? authextra : {};
        assert.deepEqual({ realm, authid, authrole, mine }, OF_PROXIES[method] ?? ASSIGNED);
        assert.deepEqual([authmethod, authprovider], [method, way === 'a function' ? 'function' : 'dynamic']);
        const [{ arguments: said, ...by } = {}, ...more] = asked;
        assert.deepEqual([by, more], [WAYS[way].asked, []]);
        assert.equal((said as unknown[])[0], 'realm1');
      });
    }
  });
}
