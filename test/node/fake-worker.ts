/**
 * Stands in for src/worker/worker-process.ts: keeps to the exchange of src/worker/ipc.ts, and does besides what
 * `options.extra` of its configuration asks for.
 */
import type { ControllerMessage, WorkerMessage } from '../../src/worker/ipc.ts';

export interface FakeWorkerScript {
  readonly listening?: readonly string[];
  /** Answer `failed`. */
  readonly problems?: readonly string[];
  /** Exit with this code instead of an answer. */
  readonly exitAtStart?: number;
  /** Exit with this code at once after `ready`. */
  readonly exitWhenReady?: number;
  /** Keep running when told to stop. */
  readonly ignoreStop?: boolean;
  /** Never answer. */
  readonly mute?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Sent as it is. */
  readonly send?: readonly unknown[];
}

function tell(message: WorkerMessage, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

function start(script: FakeWorkerScript, environment: string): void {
  if (script.stdout !== undefined) process.stdout.write(script.stdout);
  if (script.stderr !== undefined) process.stderr.write(script.stderr);
  for (const message of script.send ?? []) process.send?.(message);
  if (script.mute) return;
  if (script.exitAtStart !== undefined) process.exit(script.exitAtStart);
  if (script.problems !== undefined) {
    tell({ type: 'failed', problems: script.problems }, () => process.exit(1));
    return;
  }
  const fields = { environment, cwd: process.cwd(), argv: process.argv.slice(2) };
  tell({ type: 'log', level: 'debug', time: Date.now(), text: 'fake worker', fields });
  const { exitWhenReady } = script;
  tell({ type: 'ready', listening: script.listening ?? [] }, () => {
    if (exitWhenReady !== undefined) process.exit(exitWhenReady);
  });
}

let script: FakeWorkerScript = {};
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ControllerMessage) => {
  if (message.type === 'start') {
    script = (message.worker.options.extra ?? {}) as FakeWorkerScript;
    start(script, process.env['TURNPIKE_TEST'] ?? '');
  } else if (message.type === 'ping') tell({ type: 'pong' });
  else if (!script.ignoreStop) process.exit(0);
});
setInterval(() => undefined, 1_000);
