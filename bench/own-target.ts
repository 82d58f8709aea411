import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOOPBACK, PLAIN_NODE } from './bench-node.ts';
import { freePorts, ListeningProcess } from './listening-process.ts';
import { startOwnRouter } from './own-router.ts';
import type { RunningRouter, Target } from './target.ts';

const PROGRAM = fileURLToPath(new URL('../bundle/turnpike.js', import.meta.url));

/** A node as the peers are configured, at one port that is known before: with port 0 nobody could see from outside when it opens. */
function nodeAt(port: number): object {
  const { realms, transports = [] } = PLAIN_NODE;
  const [web] = transports;
  const transport = { ...web, endpoint: { ...LOOPBACK, port } };
  return { version: 2, workers: [{ type: 'router', realms, transports: [transport] }] };
}

/** How long `turnpike start`, controller and worker, takes to listen, in milliseconds. */
async function startUp(cores: string | null): Promise<number> {
  const [port = 0] = await freePorts(1);
  const directory = mkdtempSync(join(tmpdir(), 'bench-node-'));
  writeFileSync(join(directory, 'config.json'), JSON.stringify(nodeAt(port)));
  const command = { file: process.execPath, args: [PROGRAM, 'start', '--cbdir', directory], cwd: directory };
  const cleanUp = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  const started = await ListeningProcess.start({ command, ports: [port], cleanUp }, cores);
  await started.stop();
  return started.startUp;
}

/** Starts Turnpike itself. @param cores where it may run; null: anywhere */
export async function startOwnTarget(cores: string | null): Promise<Target & RunningRouter> {
  const running = await startOwnRouter(cores);
  return {
    ...running,
    name: 'turnpike',
    cannot: () => null,
    fresh: () => startOwnRouter(cores),
    startUp: () => startUp(cores),
  };
}
