import { formatProblem } from '../config/problem.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { tellingLoad } from './load-config.ts';
import { CBDIR_OPTION, CONFIG_OPTION, nodeDirectory, requireDirectory } from './node-directory.ts';

/** [Crossbar: check] */
export const CHECK: Command = {
  name: 'check',
  summary: 'check the configuration of the node',
  options: [CBDIR_OPTION, CONFIG_OPTION],
  help: {
    about:
      'Checks the configuration file as `turnpike start` does, and starts nothing. Tells all problems at once,\n' +
      'each with file, line, column and path. What Crossbar.io has and Turnpike does not have yet is a problem too.',
    examples: [
      ['turnpike check', 'check the node of this directory'],
      ['turnpike check --config staging.yaml', 'check another file of it'],
    ],
    exitCodes: [
      [EXIT.ok, 'the node can be started with it; there may be warnings'],
      [EXIT.failed, 'it has problems, or there is none'],
    ],
  },
  async run(values, terminal) {
    const directory = nodeDirectory(values, terminal);
    requireDirectory(directory);
    const { file, warnings } = await tellingLoad(directory, terminal);
    for (const warning of warnings) terminal.err.write(`${formatProblem(warning)}\n`);
    const noted = warnings.length === 0 ? '' : `, with ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`;
    terminal.out.write(`${file} is fine${noted}\n`);
    return EXIT.ok;
  },
};
