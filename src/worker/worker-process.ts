/** Entry of a worker process: what the controller starts. Speaks `ipc.ts` with it, and ends when it ends. */
import type { SendHandle } from 'node:child_process';
import type { TesteeWorkerConfig } from '../config/schema-worker.ts';
import type { Log } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { Duplicates } from './duplicates.ts';
import { tuneEngine } from './engine.ts';
import type { ControllerMessage, StartMessage, WorkerMessage } from './ipc.ts';
import { IpcLog } from './ipc-log.ts';
import { readNodeKey } from './node-key-files.ts';
import { randomIds } from './random-ids.ts';
import { RouterWorker } from './router-worker.ts';
import { TesteeWorker } from './testee-worker.ts';

interface RunningWorker {
  readonly addresses: readonly string[];
  reload(): Promise<void>;
  stop(): Promise<void>;
}

tuneEngine();

let running: RunningWorker | null = null;
let stopping = false;

function send(message: WorkerMessage, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent);
}

const duplicates = new Duplicates((message, handle) => {
  // A listener may be closed before its turn to be sent has come, and then need not be: that is no error of the process.
  process.send?.(message, handle as SendHandle, undefined, () => undefined);
});

async function startWorker({ worker, nodeId, cbdir }: StartMessage, log: Log): Promise<RunningWorker> {
  if (worker.type === 'websocket-testee') return TesteeWorker.start(worker as TesteeWorkerConfig, cbdir, log);
  const ports = { clock: SYSTEM_CLOCK, ids: randomIds(), log, duplicate: duplicates.duplicate };
  return RouterWorker.start(worker, { node: nodeId, cbdir, nodeKey: readNodeKey(cbdir) }, ports);
}

async function start(message: StartMessage): Promise<void> {
  const { title } = message.worker.options;
  process.title = title ?? `turnpike-worker [${message.worker.type} ${message.worker.id}]`;
  try {
    running = await startWorker(message, new IpcLog(send, message.logLevel));
    send({ type: 'ready', listening: running.addresses });
  } catch (error) {
    const problems = [error instanceof Error ? error.message : String(error)];
    send({ type: 'failed', problems }, () => process.exit(1));
  }
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await running?.stop();
  process.exit(0);
}

process.on('message', (message: ControllerMessage, handle) => {
  if (message.type === 'start') void start(message);
  else if (message.type === 'ping') send({ type: 'pong' });
  else if (message.type === 'duplicated') duplicates.received(message.id, handle);
  else if (message.type === 'reload') void running?.reload();
  else void stop();
});
// Without its controller nobody would restart or stop this process.
process.on('disconnect', () => void stop());
// The controller alone says when to stop; a terminal's Ctrl-C reaches all processes at once.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
