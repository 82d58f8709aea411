import { type ParseOptions, parseConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';

type Key = string | number;

/** One of everything; the index paths of the tables lead into it. */
const NODE = {
  version: 2,
  controller: { id: 'node1', options: { title: 'node', shutdown: 'shutdown_on_last_worker_exit' } },
  workers: [
    {
      type: 'router',
      options: { title: 'worker', env: { inherit: ['PATH'], vars: { A: 'b' } }, disabled: false, extra: { a: 1 } },
      realms: [
        {
          name: 'realm1',
          options: { uri_check: 'strict', enable_meta_api: false },
          roles: [
            {
              name: 'user',
              permissions: [
                { uri: 'com.example.*', allow: { call: true, publish: true }, disclose: { caller: true } },
                { uri: 'com..x', match: 'wildcard', allow: { subscribe: true } },
              ],
            },
            { name: 'anonymous', 'allow-by-default': true },
          ],
        },
        { name: 'realm-auth', roles: [{ name: 'authenticator', 'allow-by-default': true }] },
      ],
      components: [
        { type: 'module', module: './authenticator.js', export: 'start', realm: 'realm-auth', role: 'authenticator' },
      ],
      transports: [
        {
          type: 'web',
          endpoint: { type: 'tcp', port: 8080, interface: '127.0.0.1', backlog: 100 },
          paths: {
            '/': {
              type: 'static',
              directory: '../web',
              options: { cache_timeout: null, mime_types: { '.md': 'text/markdown' } },
            },
            ws: {
              type: 'websocket',
              url: 'ws://localhost:8080/ws',
              serializers: ['json', 'cbor'],
              options: {
                max_message_size: 0,
                auto_ping_interval: 10_000,
                compression: { deflate: { memory_level: 5 } },
              },
              auth: {
                anonymous: { type: 'static' },
                ticket: {
                  type: 'dynamic',
                  authenticator: 'com.example.authenticate',
                  'authenticator-realm': 'realm-auth',
                },
              },
            },
            data: { type: 'json', value: { a: [1, null] }, options: { prettify: true } },
            old: { type: 'redirect', url: 'https://example.com' },
            more: { type: 'path', paths: { '/': { type: 'nodeinfo' }, deep: { type: 'path', paths: {} } } },
          },
          options: { hsts: true, client_timeout: 60 },
        },
        {
          type: 'websocket',
          endpoint: { type: 'tcp', portrange: [9000, 9010], tls: { key: 'server.key', certificate: 'server.crt' } },
          auth: { ticket: { type: 'static', principals: { joe: { ticket: 'secret-of-joe', role: 'user' } } } },
        },
        {
          type: 'rawsocket',
          endpoint: { type: 'unix', path: 'router.sock' },
          options: { max_message_size: 1_048_576, login_timeout: 5_000 },
          auth: { ticket: { type: 'function', create: './auth.js#create', config: { a: 1 } } },
        },
      ],
    },
    {
      type: 'websocket-testee',
      transport: { type: 'websocket', endpoint: { type: 'tcp', port: 9100, interface: '127.0.0.1' } },
    },
  ],
};

export const WORKER: readonly Key[] = ['workers', 0];
export const REALM: readonly Key[] = [...WORKER, 'realms', 0];
export const ROLE: readonly Key[] = [...REALM, 'roles', 0];
export const PERMISSION: readonly Key[] = [...ROLE, 'permissions', 0];
export const WEB: readonly Key[] = [...WORKER, 'transports', 0];
export const PATHS: readonly Key[] = [...WEB, 'paths'];
export const WEBSOCKET_PATH: readonly Key[] = [...PATHS, 'ws'];
export const WEBSOCKET: readonly Key[] = [...WORKER, 'transports', 1];
export const RAWSOCKET: readonly Key[] = [...WORKER, 'transports', 2];
export const TESTEE: readonly Key[] = ['workers', 1, 'transport'];

/** A copy of the example, with the value at a path set; `undefined` removes it. */
export function nodeWith(
  ...changes: readonly (readonly [path: readonly Key[], value: unknown])[]
): Record<string, unknown> {
  const node = structuredClone(NODE) as Record<string, unknown>;
  for (const [path, value] of changes) {
    let owner = node as Record<Key, unknown>;
    for (const key of path.slice(0, -1)) owner = owner[key] as Record<Key, unknown>;
    const last = path.at(-1) as Key;
    if (value === undefined) delete owner[last];
    else owner[last] = value;
  }
  return node;
}

export function parse(config: unknown, options: Partial<ParseOptions> = {}) {
  return parseConfig(JSON.stringify(config), { file: 'config.json', env: {}, ...options });
}

/** Problems and warnings as they are printed, without file and place. */
export function problemsOf(config: unknown, options: Partial<ParseOptions> = {}): string[] {
  return problemsOfText(JSON.stringify(config), options).map((line) => line.replace(/^config\.json:\d+:\d+: /, ''));
}

export function problemsOfText(text: string, options: Partial<ParseOptions> = {}): string[] {
  try {
    const { warnings } = parseConfig(text, { file: 'config.json', env: {}, ...options });
    return warnings.map(formatProblem);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(formatProblem);
  }
}
