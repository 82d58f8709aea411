import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allChapters } from '../../src/conformance/chapters.ts';
import { explore, type Outcome, runScenarios } from '../../src/conformance/conformance-run.ts';
import { LOGIN_METHODS } from '../../src/conformance/login.ts';
import type { Scenario } from '../../src/conformance/scenario.ts';
import { TRIED_SERIALIZERS, type TriedSerializer } from '../../src/conformance/tried-connection.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';

export const SCENARIOS: readonly Scenario[] = [...allChapters().values()].flatMap(({ scenarios }) => scenarios);
const PORTS = { clock: SYSTEM_CLOCK, log: SILENT };
const LOOPBACK = { type: 'tcp', interface: '127.0.0.1', port: 0 };

/** Our router where it listens on every transport, twice: for each dialect of UBJSON. */
export interface ConformanceRouter {
  readonly router: EmbeddedRouter;
  /** By transport, and by what is called `ubjson` there: what is usual, or draft 12. */
  readonly urls: Readonly<Record<Listener, Readonly<Record<'usual' | 'ubjson12', string>>>>;
  close(): Promise<void>;
}

export type Listener =
  | 'WebSocket'
  | 'RawSocket'
  | 'long-poll'
  | 'WebSocket on a unix socket'
  | 'RawSocket on a unix socket';

const USUAL = ['cbor', 'msgpack', 'ubjson', 'json'];
const OTHER = ['cbor', 'msgpack', 'ubjson12', 'json'];

/** Listens on sockets of a directory that is its own. */
export async function everyListener(): Promise<ConformanceRouter> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const unix = (name: string): Record<string, unknown> => ({ type: 'unix', path: join(directory, name) });
  const of = (serializers: readonly string[], name: string): Record<string, unknown>[] => [
    { type: 'websocket', endpoint: LOOPBACK, serializers },
    { type: 'rawsocket', endpoint: LOOPBACK, serializers },
    {
      type: 'web',
      endpoint: LOOPBACK,
      paths: { '/': { type: 'nodeinfo' }, lp: { type: 'longpoll' } },
    },
    { type: 'websocket', endpoint: unix(`ws-${name}`), serializers },
    { type: 'rawsocket', endpoint: unix(`rs-${name}`), serializers },
  ];
  const router = await conformanceRouter([...of(USUAL, 'usual'), ...of(OTHER, 'ubjson12')]);
  const pair = (
    url: (port: number | null, name: string) => string,
    at: number,
  ): Record<'usual' | 'ubjson12', string> => ({
    usual: url(router.ports[at] ?? null, 'usual'),
    ubjson12: url(router.ports[at + 5] ?? null, 'ubjson12'),
  });
  return {
    router,
    urls: {
      WebSocket: pair((port) => `ws://127.0.0.1:${port}/`, 0),
      RawSocket: pair((port) => `rs://127.0.0.1:${port}`, 1),
      'long-poll': pair((port) => `http://127.0.0.1:${port}/lp`, 2),
      'WebSocket on a unix socket': pair((_port, name) => `ws+unix:${join(directory, `ws-${name}`)}:/`, 3),
      'RawSocket on a unix socket': pair((_port, name) => `rs+unix:${join(directory, `rs-${name}`)}`, 4),
    },
    async close() {
      await router.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** All that can be spoken on a transport. RawSocket has no batching, long-poll no choice between the dialects of UBJSON. */
export function serializersOn(listener: Listener): TriedSerializer[] {
  return TRIED_SERIALIZERS.filter((name) => {
    if (listener === 'long-poll') return !name.startsWith('ubjson12');
    return !listener.startsWith('RawSocket') || !name.endsWith('.batched');
  });
}

/** Our router, on a realm where everything is allowed, everybody disclosed, and what scenarios say of the past is kept. */
export function conformanceRouter(
  transports: readonly Record<string, unknown>[] = [
    { type: 'websocket', endpoint: LOOPBACK },
    { type: 'rawsocket', endpoint: LOOPBACK },
  ],
): Promise<EmbeddedRouter> {
  const disclose = { caller: true, publisher: true };
  const everything = { uri: '', match: 'prefix', allow: EVERYTHING, disclose };
  const history = ['exact', 'prefix'].map((match) => ({ uri: HISTORY, match }));
  const store = { type: 'memory', 'event-history': history };
  const roles = [{ name: 'anonymous', trustlevel: 2, permissions: [everything] }, ...RESTRICTED];
  return createRouter({
    realms: [
      { name: 'realm1', store, roles },
      { name: 'realm2', roles },
    ],
    transports: transports.map(withLogins),
  });
}

const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };
const HISTORY = 'turnpike.conformance.history';

/** As `docs/conformance.md` has it: roles that may do less than all. */
export const RESTRICTED = [
  {
    name: 'outsider',
    permissions: [
      { uri: '', match: 'prefix', allow: EVERYTHING },
      { uri: HISTORY, match: 'prefix', allow: { ...EVERYTHING, subscribe: false } },
    ],
  },
  {
    name: 'listener',
    permissions: [
      { uri: '', match: 'prefix', allow: EVERYTHING },
      { uri: 'wamp.subscription.get_events', match: 'exact', allow: { ...EVERYTHING, call: false } },
    ],
  },
];

/** As `docs/conformance.md` has it: the users that scenarios log in as. */
export const AUTH = {
  anonymous: { type: 'static', role: 'anonymous' },
  ticket: {
    type: 'static',
    principals: {
      joe: { ticket: 'ticket-of-joe', role: 'anonymous' },
      bob: { ticket: 'ticket-of-bob', role: 'outsider' },
      eve: { ticket: 'ticket-of-eve', role: 'listener' },
    },
  },
  wampcra: {
    type: 'static',
    users: {
      joe: { secret: 'secret-of-joe', role: 'anonymous' },
      ann: {
        secret: 'Ymv8h3499iTTzhs0U2Vbr87K+Pb07WFbo7ST1wwryiE=',
        salt: 'salt-of-ann',
        iterations: 4096,
        keylen: 32,
        role: 'anonymous',
      },
    },
  },
  scram: {
    type: 'static',
    principals: {
      joe: {
        kdf: 'pbkdf2',
        iterations: 4096,
        memory: 0,
        salt: '73616c74206f66206a6f6521',
        'stored-key': '0540de38e732d575ecb3e8b4477b0dfb3d9e86848bef46a3f53c373cab868d7b',
        'server-key': 'a616d66cde710c259ef0cde1176cf3a2ec930f1447a74a85168103ce9c25244d',
        role: 'anonymous',
      },
    },
  },
  cryptosign: {
    type: 'static',
    principals: {
      joe: {
        authorized_keys: ['ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c'],
        role: 'anonymous',
      },
    },
  },
};

/** They fail to log in more often than an address may, too. */
function withLogins(transport: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options = { max_failed_logins: 0 };
  const { paths } = transport;
  if (paths === undefined) return { ...transport, options, auth: AUTH };
  const entries = Object.entries(paths as Record<string, Record<string, unknown>>);
  const withAuth = entries.map(([at, path]) => [
    at,
    path['type'] === 'longpoll' ? { ...path, options, auth: AUTH } : path,
  ]);
  return { ...transport, paths: Object.fromEntries(withAuth) };
}

/** Runs scenarios of what the router announces. */
export async function conformanceOf(
  url: string,
  serializer: TriedSerializer,
  scenarios: readonly Scenario[],
  timeout = 5_000,
): Promise<Outcome[]> {
  const target = { url, realm: 'realm1', otherRealm: 'realm2', serializer, timeout, login: null };
  const facts = await explore(target, ['disclosure', 'history', 'trustlevels', 'rights', ...LOGIN_METHODS], PORTS);
  const outcomes: Outcome[] = [];
  const options = { unannounced: false, concurrency: 8, prefix: 'turnpike.conformance' };
  await runScenarios(scenarios, target, facts, options, PORTS, (outcome) => outcomes.push(outcome));
  return outcomes;
}
