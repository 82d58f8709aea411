/** Logins by the methods of proxies, which say who their clients are; `docs/tls.md` says who is believed. */
import { cryptosign } from '../../src/client/auth/cryptosign.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { type Case, JSON_WAY } from './cases.ts';
import { PUBLIC_KEY, SEED } from './node-config.ts';
import type { LoginSpec } from './visit.ts';

const CLIENT = { proxy_realm: 'realm1', proxy_authid: 'ann', proxy_authrole: 'user', proxy_authextra: { mine: 1 } };

function proxied(method: string, client: Dict = {}, more: Partial<LoginSpec> = {}): LoginSpec {
  const said = Object.entries({ ...CLIENT, ...client }).filter(([, value]) => value !== undefined);
  return {
    details: { authmethods: [method], authid: 'proxy1', authextra: Object.fromEntries(said) },
    ...(method === 'cryptosign-proxy' && { answer: cryptosign(SEED) }),
    ...more,
  };
}

const METHODS = ['anonymous-proxy', 'cryptosign-proxy'];

/** What a proxy may say of its client, and what it may leave out. */
const CLIENTS: Readonly<Record<string, Dict>> = {
  good: {},
  'extra-absent': { proxy_authextra: undefined },
  'realm-absent': { proxy_realm: undefined },
  'authid-absent': { proxy_authid: undefined },
  'role-absent': { proxy_authrole: undefined },
  'realm-missing': { proxy_realm: 'no-such-realm' },
  'role-missing': { proxy_authrole: 'ghost' },
  'role-trusted': { proxy_authrole: 'trusted' },
  'authid-null': { proxy_authid: null },
  'extra-reserved': { proxy_authextra: { mine: 1, x_cb_pid: 1, transport: { peer: 'tcp4:203.0.113.7:4711' } } },
};

function login(id: string, door: string, spec: LoginSpec): Case {
  return {
    id: `proxy/${id}`,
    way: JSON_WAY,
    run: async ({ open }) => {
      const visit = await open(door, { certificate: true });
      await visit.logIn(spec);
    },
  };
}

export const PROXY_CASES: readonly Case[] = METHODS.flatMap((method) => [
  ...Object.entries(CLIENTS).map(([name, client]) => login(`${method}/${name}`, 'proxies', proxied(method, client))),
  login(
    `${method}/dynamic`,
    'proxies-dynamic',
    proxied(method, { answer: { role: 'user', authid: 'told', pubkey: PUBLIC_KEY } }),
  ),
  login(`${method}/wrong`, 'proxies', proxied(method, {}, { answer: cryptosign('ab'.repeat(32)) })),
]);
