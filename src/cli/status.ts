import { findRunning } from '../node/pid-file.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { CBDIR_OPTION, nodeDirectory } from './node-directory.ts';

/** [Crossbar: status] */
export const STATUS: Command = {
  name: 'status',
  summary: 'say whether the node runs',
  options: [
    CBDIR_OPTION,
    {
      name: 'assert',
      value: 'STATE',
      choices: ['running', 'stopped'],
      about: 'fail unless the node is in this state: running, stopped',
    },
  ],
  help: {
    about: 'Says whether a node runs from the node directory, and which process it is.',
    examples: [
      ['turnpike status', 'look'],
      ['turnpike status --assert running', 'for scripts and health checks: the exit code tells'],
    ],
    exitCodes: [
      [EXIT.ok, 'told; with --assert: it is so'],
      [EXIT.unavailable, '--assert: it is not so'],
    ],
  },
  async run(values, terminal) {
    const { cbdir } = nodeDirectory(values, terminal);
    const running = findRunning(cbdir);
    const state = running === null ? 'stopped' : 'running';
    const asserted = values.get('assert');
    const holds = asserted === undefined || asserted === state;
    const told =
      running === null ? `stopped (no node runs from ${cbdir})` : `running (PID ${running.pid}, from ${cbdir})`;
    if (holds) terminal.out.write(`${told}\n`);
    else terminal.err.write(`expected ${asserted}, but the node is ${told}\n`);
    return holds ? EXIT.ok : EXIT.unavailable;
  },
};
