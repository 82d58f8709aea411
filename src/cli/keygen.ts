import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ensureNodeKey, writeClientKey } from '../worker/node-key-files.ts';
import { type Command, CommandError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { keyMaker } from './key-maker.ts';
import { CBDIR_OPTION, nodeDirectory, requireDirectory } from './node-directory.ts';

/** [Crossbar: keygen] Client keys are ours. */
export const KEYGEN: Command = {
  name: 'keygen',
  summary: 'make the key pair of the node, or of a client',
  options: [
    CBDIR_OPTION,
    { name: 'client', value: 'FILE', about: 'make the key pair of a client instead, and write it to this file' },
  ],
  help: {
    about:
      'Makes the Ed25519 key pair of the node, in key.priv and key.pub of the node directory, if there is none, and\n' +
      'prints the public key. `turnpike start` does the same. With --client it makes one for a client that logs in by\n' +
      'cryptosign: the file is what CryptosignKey.from_keyfile of Autobahn|Python reads; other clients take the\n' +
      'hexadecimal digits after "private-key-ed25519". Nothing that is there is overwritten.',
    examples: [
      ['turnpike keygen', 'for the node of this directory'],
      ['turnpike keygen --client joe.key', 'for a client; prints what goes into "authorized_keys"'],
    ],
    exitCodes: [
      [EXIT.ok, 'there is a key pair now'],
      [EXIT.failed, 'a file is there already, cannot be used or cannot be written'],
    ],
  },
  async run(values, terminal) {
    const file = values.get('client');
    if (file !== undefined) {
      const path = resolve(terminal.cwd, file);
      const publicKey = telling(() => {
        mkdirSync(dirname(path), { recursive: true });
        return writeClientKey(path, keyMaker());
      });
      terminal.out.write(`wrote the private key to ${path}, for its owner alone\npublic key: ${publicKey}\n`);
      return EXIT.ok;
    }
    const directory = nodeDirectory(values, terminal);
    requireDirectory(directory);
    const { key, created } = telling(() => ensureNodeKey(directory.cbdir, keyMaker()));
    const what = created ? 'made the key pair of the node' : 'the node has a key pair already';
    terminal.out.write(`${what}, in ${directory.cbdir}\npublic key: ${key.publicKey}\n`);
    return EXIT.ok;
  },
};

/** @throws CommandError in place of whatever else is thrown */
export function telling<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new CommandError((error as Error).message, { cause: error });
  }
}
