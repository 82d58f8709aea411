/** Both routers as processes of their own, each with a node directory of its own, on the same ports, one after the other. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../support/repository-root.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';
import { javaScriptModule, pythonModule } from './deciders.ts';

const ROOT = repositoryRoot();
/** Where Crossbar.io is installed where no other place is named. */
const ENVIRONMENT = path.join(ROOT, '.venv', 'crossbar');
const REQUIREMENTS = path.join(ROOT, 'test', 'differential', 'requirements.txt');
const START_TIMEOUT = 90_000;
const GRACE = 10_000;

export type RouterName = 'crossbar' | 'turnpike';

export interface RunningRouter {
  stop(): Promise<void>;
}

/** @returns the command of Crossbar.io in an environment of its own, made at the first time */
export async function installCrossbar(): Promise<string> {
  const command = path.join(ENVIRONMENT, 'bin', 'crossbar');
  const isThere = await fs.access(command).then(
    () => true,
    () => false,
  );
  if (isThere) return command;
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  execFileSync('python3', ['-m', 'venv', ENVIRONMENT], { stdio: [...stdio] });
  const pip = [path.join(ENVIRONMENT, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS];
  execFileSync(String(pip[0]), pip.slice(1), { stdio: [...stdio] });
  return command;
}

/** @param port that one of its transports listens on. @throws Error where the router does not start */
export async function startRouter(
  name: RouterName,
  { config, directory, crossbar, port }: { config: object; directory: string; crossbar: string; port: number },
): Promise<RunningRouter> {
  const cbdir = path.join(directory, name);
  await fs.mkdir(path.join(cbdir, 'deciders'), { recursive: true });
  await fs.mkdir(path.join(cbdir, 'public'));
  const write = (file: string, text: string): Promise<void> =>
    fs.writeFile(path.join(cbdir, file), text, { mode: 0o600 });
  await write('config.json', JSON.stringify(name === 'turnpike' ? asOurs(config) : config, null, 2));
  await write('deciders/__init__.py', '');
  await write('deciders/js.py', pythonModule());
  await write('deciders.js', javaScriptModule(import.meta.resolve('turnpike')));
  await write('package.json', '{"type":"module"}');
  const log = await fs.open(path.join(cbdir, 'output.log'), 'w');
  const command = name === 'turnpike' ? [process.execPath, TURNPIKE_PROGRAM] : [crossbar];
  const args = [...command.slice(1), 'start', '--cbdir', cbdir];
  const child = spawn(String(command[0]), args, { cwd: cbdir, stdio: ['ignore', log.fd, log.fd] });
  const exited = once(child, 'exit');
  try {
    await listening(port, child);
  } catch (error) {
    await end(child, exited);
    const said = await fs.readFile(path.join(cbdir, 'output.log'), 'utf8');
    throw new Error(`${name} did not start:\n${said.slice(-3000)}`, { cause: error });
  } finally {
    await log.close();
  }
  return { stop: () => end(child, exited) };
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  await exited;
  clearTimeout(timer);
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_TIMEOUT;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (answered) return;
    await sleep(100);
  }
  throw new Error('nothing listens');
}

interface Door {
  readonly type: string;
  readonly auth?: Readonly<Record<string, Record<string, unknown>>>;
  options?: object;
}

/**
 * Ours alone would have an address wait that fails as often as these tests do, and wants to hear that only proxies reach
 * what is theirs; Crossbar.io has no such keys.
 */
function asOurs(config: object): object {
  // By JSON, in which no two entries are the same object.
  const copy = JSON.parse(JSON.stringify(config)) as {
    workers: { transports: (Door & { paths?: Readonly<Record<string, Door>> })[] }[];
  };
  for (const transport of copy.workers.flatMap(({ transports }) => transports)) {
    const doors = transport.paths === undefined ? [transport] : Object.values(transport.paths);
    for (const door of doors) {
      if (door.type === 'websocket' || door.type === 'rawsocket') door.options = { max_failed_logins: 0 };
      for (const [method, entry] of Object.entries(door.auth ?? {})) {
        if (method.endsWith('-proxy')) entry['proxy_backend'] = true;
      }
    }
  }
  return copy;
}

/** @returns ports of the loopback that nothing listens on */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
