import { hostname } from 'node:os';
import type { LoadedConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { Controller } from '../node/controller.ts';
import { createLog } from '../node/log.ts';
import { nodeId } from '../node/node-id.ts';
import { AlreadyRunningError, claimPidFile, type PidFile } from '../node/pid-file.ts';
import { runNode } from '../node/run-node.ts';
import type { Log } from '../wamp/log.ts';
import { SYSTEM_CLOCK } from '../wamp/system-clock.ts';
import { ensureNodeKey } from '../worker/node-key-files.ts';
import { VERSION } from '../worker/version.ts';
import { type Command, CommandError, type OptionValues, type Terminal, UsageError } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { keyMaker } from './key-maker.ts';
import { telling } from './keygen.ts';
import { requireDirectory, tellingLoad } from './load-config.ts';
import { LOG_OPTIONS, logSettings, logSink } from './log-options.ts';
import { CBDIR_OPTION, CONFIG_OPTION, type NodeDirectory, nodeDirectory } from './node-directory.ts';

/** [setTimeout] The longest time that a timer can wait, in seconds. */
const LONGEST_TIMER = Math.floor((2 ** 31 - 1) / 1_000);

/** [Crossbar: start] Runs the node in the foreground. */
export function startCommand(workerEntry: string): Command {
  return {
    name: 'start',
    summary: 'start the node, in the foreground',
    options: [
      CBDIR_OPTION,
      CONFIG_OPTION,
      ...LOG_OPTIONS,
      { name: 'shutdownafter', value: 'SECS', about: 'stop the node after this many seconds' },
    ],
    help: {
      about:
        'Starts the node of the node directory and runs it until it is told to stop. It logs to standard output\n' +
        '(warnings and errors to standard error), and says when it is ready: "node ready, started in … ms".\n' +
        'SIGINT (Ctrl-C) and SIGTERM stop it gracefully, within 20 s; SIGINT or SIGTERM again at once.\n' +
        'SIGHUP has it read the files of TLS anew; in a terminal it stops the node, as the terminal closes then.\n' +
        'A worker process that crashes is started again, after 0.1 s to 30 s, unless controller.options.shutdown says otherwise.',
      examples: [
        ['turnpike start', 'start the node of this directory'],
        ['turnpike start --cbdir /srv/app/.crossbar', "start another one; Crossbar.io's are fine"],
        ['turnpike start --loglevel debug', 'say more'],
        ['turnpike start --logformat json | jq', 'for machines'],
      ],
      exitCodes: [
        [EXIT.ok, 'stopped as wished: SIGINT, SIGTERM, turnpike stop, --shutdownafter'],
        [EXIT.failed, 'not started (configuration, port, already running), or ended otherwise: a failed worker'],
      ],
    },
    async run(values, terminal) {
      const shutdownAfter = milliseconds(values.get('shutdownafter'));
      const directory = nodeDirectory(values, terminal);
      requireDirectory(directory);
      const pidFile = claim(directory, values, terminal);
      try {
        const loaded = await tellingLoad(directory, terminal);
        return await run({ workerEntry, directory, loaded, shutdownAfter, values, terminal, pidFile });
      } finally {
        pidFile.release();
      }
    },
  };
}

interface Run {
  readonly workerEntry: string;
  readonly directory: NodeDirectory;
  readonly loaded: LoadedConfig;
  readonly shutdownAfter: number | null;
  readonly values: OptionValues;
  readonly terminal: Terminal;
  readonly pidFile: PidFile;
}

async function run({
  directory,
  loaded,
  shutdownAfter,
  values,
  terminal,
  workerEntry,
  pidFile,
}: Run): Promise<ExitCode> {
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

function claim({ cbdir }: NodeDirectory, values: OptionValues, { argv }: Terminal): PidFile {
  try {
    return claimPidFile(cbdir, argv, { ...Object.fromEntries(values), cbdir });
  } catch (error) {
    if (error instanceof AlreadyRunningError) {
      throw new CommandError(`${error.message}. Stop it with \`turnpike stop --cbdir ${cbdir}\``, { cause: error });
    }
    throw new CommandError(`cannot claim the node directory: ${(error as Error).message}`, { cause: error });
  }
}

function milliseconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= LONGEST_TIMER) return seconds * 1_000;
  throw new UsageError(
    `--shutdownafter is a number of seconds from above 0 to ${LONGEST_TIMER}, not ${JSON.stringify(text)}`,
  );
}
