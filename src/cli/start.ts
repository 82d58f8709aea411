import { AlreadyRunningError, claimPidFile, type PidFile } from '../node/pid-file.ts';
import { SpareWorker } from '../node/spare-worker.ts';
import { type Command, CommandError, type OptionValues, type Terminal, UsageError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { LOG_OPTIONS } from './log-options.ts';
import { CBDIR_OPTION, CONFIG_OPTION, type NodeDirectory, nodeDirectory, requireDirectory } from './node-directory.ts';

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
      const spare = new SpareWorker(workerEntry, directory.cbdir, terminal.env);
      try {
        // What reads the configuration takes as long to load as the worker: both at a time.
        const { startNode } = await import('./start-node.ts');
        return await startNode({ workerEntry, spare, directory, shutdownAfter, values, terminal, pidFile });
      } finally {
        spare.discard();
        pidFile.release();
      }
    },
  };
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
