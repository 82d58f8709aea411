import { promisify } from 'node:util';
import { findRunning, isRunning, type PidRecord, removeStalePidFile } from '../node/pid-file.ts';
import { type Command, CommandError, type Terminal } from './command.ts';
import { EXIT } from './exit-code.ts';
import { CBDIR_OPTION, nodeDirectory } from './node-directory.ts';

/** [Crossbar: stop] What is sent, and how long (ms) the node has to be gone then. */
const STEPS = [
  ['SIGINT', 5_000],
  ['SIGTERM', 5_000],
  ['SIGKILL', 5_000],
] as const;

const sleep = promisify(setTimeout);

/** How often to look whether the node is gone (ms). */
const LOOK_EVERY = 50;

/** [Crossbar: stop] */
export const STOP: Command = {
  name: 'stop',
  summary: 'stop the node',
  options: [CBDIR_OPTION],
  help: {
    about:
      'Stops the node that runs from the node directory: asks it (SIGINT) and waits 5 s, asks harder (SIGTERM) and\n' +
      'waits 5 s, then kills it. Its workers end with it.',
    examples: [
      ['turnpike stop', 'stop the node of this directory'],
      ['turnpike stop --cbdir /srv/app/.crossbar', 'stop another one'],
    ],
    exitCodes: [
      [EXIT.ok, 'the node is stopped'],
      [EXIT.failed, 'it could not be stopped'],
      [EXIT.unavailable, 'no node runs from there'],
    ],
  },
  async run(values, terminal) {
    const { cbdir } = nodeDirectory(values, terminal);
    const running = findRunning(cbdir);
    if (running === null) {
      terminal.err.write(`no node runs from ${cbdir}: there is nothing to stop\n`);
      return EXIT.unavailable;
    }
    await stopProcess(running, terminal);
    removeStalePidFile(cbdir);
    return EXIT.ok;
  },
};

async function stopProcess(record: PidRecord, { out }: Terminal): Promise<void> {
  for (const [signal, patience] of STEPS) {
    send(record.pid, signal);
    out.write(`sent ${signal} to process ${record.pid}, waiting ${patience / 1_000} s for it to end\n`);
    if (await hasEnded(record, patience)) {
      out.write(`process ${record.pid} has ended\n`);
      return;
    }
  }
  throw new CommandError(`process ${record.pid} is still there after SIGKILL: it hangs in the operating system`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return; // it has ended by itself meanwhile
    if (code !== 'EPERM') throw error;
    throw new CommandError(`process ${pid} belongs to another user: run \`turnpike stop\` as that user`, {
      cause: error,
    });
  }
}

async function hasEnded(record: PidRecord, patience: number): Promise<boolean> {
  for (const end = performance.now() + patience; performance.now() < end; ) {
    if (!isRunning(record)) return true;
    await sleep(LOOK_EVERY);
  }
  return !isRunning(record);
}
