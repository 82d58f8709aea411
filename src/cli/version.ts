import { VERSION } from '../worker/version.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';

/** [Crossbar: version] */
export const VERSION_COMMAND: Command = {
  name: 'version',
  summary: 'print versions',
  options: [],
  help: {
    about: 'Prints the versions of Turnpike, of Node.js, and the platform: for problem reports.',
    examples: [['turnpike version', '']],
    exitCodes: [[EXIT.ok, 'always']],
  },
  async run(_values, { out }) {
    out.write(`turnpike ${VERSION}\nnode     ${process.versions.node}\nplatform ${process.platform}-${process.arch}\n`);
    return EXIT.ok;
  },
};
