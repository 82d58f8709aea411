import { hostname } from 'node:os';
import type { LoginTrace } from '../auth/login-trace.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';
import { nodeId } from '../node/node-id.ts';
import { SILENT } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { readNodeKey } from '../worker/node-key-files.ts';
import { randomIds } from '../worker/random-ids.ts';
import { rehearsalOf } from '../worker/rehearsal.ts';
import { RouterWorker } from '../worker/router-worker.ts';
import { CommandError, type CommandOption, type OptionValues, type Terminal } from './command.ts';

export const ENTRANCE_OPTIONS: readonly CommandOption[] = [
  {
    name: 'transport',
    value: 'ID',
    about: 'transport of the configuration, by its id or its port (default: the only one)',
  },
  { name: 'path', value: 'PATH', about: 'path on it, such as /ws (default: the only one)' },
];

/** A transport of the configuration, and the worker that it is of. */
interface Entrance {
  readonly worker: RouterWorkerConfig;
  readonly at: number;
}

/** A router of the configuration that runs beside, for one login. */
export interface RehearsedNode {
  readonly url: string;
  readonly worker: RouterWorkerConfig;
  stop(): Promise<void>;
}

/** Starts the worker that a login is for, with its components. @throws CommandError */
export async function startRehearsal(
  { config }: LoadedConfig,
  cbdir: string,
  values: OptionValues,
  { env }: Pick<Terminal, 'env'>,
  trace: LoginTrace,
): Promise<RehearsedNode> {
  const workers = config.workers.filter((worker): worker is RouterWorkerConfig => {
    return worker.type === 'router' && !worker.options.disabled;
  });
  const { worker, at } = entranceOf(workers, values.get('transport'));
  // As the node gives them to the process of the worker.
  Object.assign(env, worker.options.env.vars);
  const node = nodeId(config.controller.id, env, hostname(), process.pid);
  const ports = { clock: SYSTEM_CLOCK, ids: randomIds(), log: SILENT, trace };
  const running = await startWorker(worker, { node, cbdir }, ports);
  try {
    const url = urlOf(running, at, values.get('path'));
    return { url, worker, stop: () => running.stop() };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function startWorker(
  worker: RouterWorkerConfig,
  { node, cbdir }: { readonly node: string; readonly cbdir: string },
  ports: Parameters<typeof RouterWorker.start>[2],
): Promise<RouterWorker> {
  try {
    return await RouterWorker.start(rehearsalOf(worker), { node, cbdir, nodeKey: readNodeKey(cbdir) }, ports);
  } catch (cause) {
    throw new CommandError(`the configuration cannot be started: ${(cause as Error).message}`, { cause });
  }
}

function entranceOf(workers: readonly RouterWorkerConfig[], asked: string | undefined): Entrance {
  const all = workers.flatMap((worker) => worker.transports.map((transport, at) => ({ worker, at, transport })));
  const found = all.filter(({ transport: { id, endpoint } }) => {
    return asked === undefined || id === asked || (endpoint.type === 'tcp' && String(endpoint.port) === asked);
  });
  const [first, second] = found;
  const choice = all.map(({ transport: { id, type } }) => `${id} (${type})`).join(', ');
  if (all.length === 0) throw new CommandError('the configuration has no transport where anybody could log in');
  if (first === undefined)
    throw new CommandError(`there is no transport ${JSON.stringify(asked)}; there are: ${choice}`);
  if (second !== undefined) throw new CommandError(`which transport? --transport says it: ${choice}`);
  return first;
}

function urlOf(running: RouterWorker, at: number, path: string | undefined): string {
  const port = String(running.ports[at]);
  const urls = running.addresses.map((address) => new URL(address)).filter((url) => url.port === port);
  const entrances = urls.filter(({ protocol }) => protocol === 'ws:' || protocol === 'rs:');
  const found = entrances.filter(({ pathname }) => path === undefined || pathname === path);
  const [first, second] = found;
  const choice = entrances.map(({ protocol, pathname }) => pathname || `${protocol}//`).join(', ');
  if (entrances.length === 0) throw new CommandError('the transport has no WebSocket and no RawSocket to log in at');
  if (first === undefined) throw new CommandError(`nobody can log in at the path ${path}; paths: ${choice}`);
  if (second !== undefined) throw new CommandError(`which path? --path says it: ${choice}`);
  return first.href;
}
