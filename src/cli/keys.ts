import { readNodeKey } from '../worker/node-key-files.ts';
import { type Command, CommandError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { telling } from './keygen.ts';
import { CBDIR_OPTION, nodeDirectory, requireDirectory } from './node-directory.ts';

/** [Crossbar: keys] The private key is never shown: it is in key.priv. */
export const KEYS: Command = {
  name: 'keys',
  summary: 'show the public key of the node',
  options: [CBDIR_OPTION],
  help: {
    about: 'Prints the public key of the node, by which clients that ask for it can tell the router: cryptosign.',
    examples: [['turnpike keys', 'of the node of this directory']],
    exitCodes: [
      [EXIT.ok, 'shown'],
      [EXIT.failed, 'there is no key pair, or it cannot be used'],
    ],
  },
  async run(values, terminal) {
    const directory = nodeDirectory(values, terminal);
    requireDirectory(directory);
    const key = telling(() => readNodeKey(directory.cbdir));
    if (key === null) {
      throw new CommandError(`there is no node key in ${directory.cbdir}: make it with \`turnpike keygen\``);
    }
    terminal.out.write(`${key.publicKey}\n`);
    return EXIT.ok;
  },
};
