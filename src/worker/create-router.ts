import { resolve } from 'node:path';
import type { ClientSession } from '../client/client-session.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';
import { type Log, SILENT } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { readNodeKey } from './node-key-files.ts';
import { randomIds } from './random-ids.ts';

/** What `createRouter` takes: a worker of type `router` in Crossbar's format, without its `type`. */
export interface RouterOptions {
  readonly realms: readonly object[];
  readonly transports?: readonly object[];
  readonly components?: readonly object[];
  /** `options` of a router worker: `max_connections`, `max_outboxes_size`. */
  readonly options?: object;
}

export interface CreateRouterOptions {
  /**
   * The node directory: what relative paths of the configuration are relative to, and where the node key is,
   * if there is one. Default: the working directory, and no key but for the life of this router.
   */
  readonly cbdir?: string;
  /** `x_cb_node` in WELCOME. Default: `embedded-<pid>`. */
  readonly nodeId?: string;
  /** Default: silent. */
  readonly log?: Log;
  /** Where `${NAME}` in the configuration is looked up. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Who an in-process session is. */
export interface JoinAs {
  readonly realm: string;
  /** A role of that realm; `trusted` may do everything. Default: `trusted`. */
  readonly role?: string;
  /** Default: `embedded`. */
  readonly authid?: string;
}

/** A router inside of this process. */
export interface EmbeddedRouter {
  /** Where clients reach it: `ws://127.0.0.1:8080/ws`. */
  readonly addresses: readonly string[];
  /** Ports in the order of the transports; null for Unix sockets. With `port: 0` any free one is taken. */
  readonly ports: readonly (number | null)[];
  /** Sessions of clients that there are now. */
  readonly sessions: number;
  /**
   * Joins a realm without a socket. @throws RangeError where realm or role do not exist
   *
   * @example
   * const session = await router.join({ realm: 'realm1' });
   * await session.register('com.example.add2', ([a, b]) => Number(a) + Number(b));
   */
  join(as: JoinAs): Promise<ClientSession>;
  /** Says GOODBYE to all clients and ends everything. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/**
 * Starts a router; it listens when the promise resolves. The configuration is the one of a router worker,
 * checked as `turnpike check` does.
 * @throws ConfigError with all problems of the configuration; Error where a component or a transport cannot start
 *
 * @example
 * const router = await createRouter({
 *   realms: [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: '*', allow: { call: true } }] }] }],
 *   transports: [{ type: 'websocket', endpoint: { type: 'tcp', port: 8080 } }],
 * });
 * const session = await router.join({ realm: 'realm1' });
 * await router.close();
 */
export async function createRouter(options: RouterOptions, more: CreateRouterOptions = {}): Promise<EmbeddedRouter> {
  const { realms, transports = [], components = [], options: workerOptions = {} } = options;
  const outline = { type: 'router', options: workerOptions, realms, transports, components };
  const node = { version: 2, workers: [outline] };
  const env = more.env ?? process.env;
  const text = JSON.stringify(node);
  // Loaded by those alone who need them: components and clients import the same package.
  const { parseConfig } = await import('../config/load.ts');
  const { RouterWorker } = await import('./router-worker.ts');
  const { config } = parseConfig(text, { file: 'configuration', env });
  const cbdir = resolve(more.cbdir ?? '.');
  const nodeKey = more.cbdir === undefined ? null : readNodeKey(cbdir);
  const place = { node: more.nodeId ?? `embedded-${process.pid}`, cbdir, nodeKey };
  const ports = { clock: SYSTEM_CLOCK, ids: randomIds(), log: more.log ?? SILENT };
  const worker = await RouterWorker.start(config.workers[0] as RouterWorkerConfig, place, ports);
  let closing: Promise<void> | null = null;
  return {
    addresses: worker.addresses,
    ports: worker.ports,
    get sessions() {
      return worker.sessions;
    },
    join: ({ realm, role = 'trusted', authid = 'embedded' }) => worker.join(realm, role, authid),
    close() {
      closing ??= worker.stop();
      return closing;
    },
  };
}
