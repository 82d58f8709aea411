import { hostname } from 'node:os';
import { formatProblem } from '../config/problem.ts';
import { Controller } from '../node/controller.ts';
import { createLog } from '../node/log.ts';
import { nodeId } from '../node/node-id.ts';
import type { PidFile } from '../node/pid-file.ts';
import { runNode } from '../node/run-node.ts';
import type { SpareWorker } from '../node/spare-worker.ts';
import type { Log } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { ensureNodeKey } from '../worker/node-key-files.ts';
import { VERSION } from '../worker/version.ts';
import type { OptionValues, Terminal } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { keyMaker } from './key-maker.ts';
import { telling } from './keygen.ts';
import { tellingLoad } from './load-config.ts';
import { logSettings, logSink } from './log-options.ts';
import type { NodeDirectory } from './node-directory.ts';

/** What `turnpike start` was asked. */
export interface NodeStart {
  /** The module that a worker process runs. */
  readonly workerEntry: string;
  /** A process for the first worker, started ahead. */
  readonly spare: SpareWorker;
  readonly directory: NodeDirectory;
  /** Milliseconds; null: not by itself. */
  readonly shutdownAfter: number | null;
  readonly values: OptionValues;
  readonly terminal: Terminal;
  readonly pidFile: PidFile;
}

/** Reads the configuration, and runs the node until it ends. @throws CommandError */
export async function startNode({
  directory,
  shutdownAfter,
  values,
  terminal,
  workerEntry,
  spare,
  pidFile,
}: NodeStart): Promise<ExitCode> {
  const loaded = await tellingLoad(directory, terminal);
  const { config, file } = loaded;
  const { options } = config.controller;
  const settings = logSettings(values, terminal);
  const sink = logSink(settings, terminal);
  const log = createLog(sink, { kind: 'Controller', pid: process.pid }, Date.now);
  const id = nodeId(config.controller.id, terminal.env, hostname(), process.pid);
  process.title = options.title ?? 'turnpike-controller';
  log.info(`Turnpike ${VERSION}, node ${id}, configuration ${file}`);
  for (const warning of loaded.warnings) log.warn(formatProblem(warning));
  if (config.workers.every((worker) => worker.options.disabled)) log.warn('the configuration has no workers to start');
  const { key, created } = telling(() => ensureNodeKey(directory.cbdir, keyMaker()));
  if (created) log.info('the node has a new key pair', { public: key.publicKey });
  const controller = new Controller({
    nodeId: id,
    cbdir: directory.cbdir,
    workers: config.workers,
    shutdown: options.shutdown ?? [],
    parallelStart: options.enable_parallel_worker_start,
    workerEntry,
    spare,
    env: terminal.env,
    log,
    sink,
    logLevel: settings.logLevel,
    logFormat: settings.logFormat,
    clock: SYSTEM_CLOCK,
  });
  endOnBug(controller, pidFile, log);
  const hangup = terminal.out.isTTY === true || terminal.err.isTTY === true ? 'stop' : 'reload';
  const wished = await runNode({ controller, log, signals: process, clock: SYSTEM_CLOCK, hangup, shutdownAfter });
  return wished ? EXIT.ok : EXIT.failed;
}

/** A controller in an unknown state must not limp on: it ends, its workers with it. */
function endOnBug(controller: Controller, pidFile: PidFile, log: Log): void {
  process.on('uncaughtException', (error) => {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    log.error('unexpected error, the node ends; please report it', { error, stack });
    controller.kill();
    pidFile.release();
    process.exit(EXIT.failed);
  });
}
