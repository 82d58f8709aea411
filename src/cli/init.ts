import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type Command, CommandError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { STARTER_CONFIG } from './starter-config.ts';
import { STARTER_PAGE } from './starter-page.ts';

/** What would make a new node ambiguous: another one in the same place. */
const OTHER_NODES = ['.crossbar', '.turnpike/config.json'];

/** [Crossbar: init] */
export const INIT: Command = {
  name: 'init',
  summary: 'create a node to start from',
  options: [{ name: 'appdir', value: 'DIR', about: 'where to create it (default: here); made if there is none' }],
  help: {
    about:
      'Writes a small node to play with: .turnpike/config.yaml, full of comments, and web/index.html.\n' +
      'It overwrites nothing.',
    examples: [
      ['turnpike init', 'here'],
      ['turnpike init --appdir hello', 'in a new directory'],
    ],
    exitCodes: [
      [EXIT.ok, 'created'],
      [EXIT.failed, 'not created: something is there already, or the directory cannot be written'],
    ],
  },
  async run(values, { cwd, out }) {
    const appdir = resolve(cwd, values.get('appdir') ?? '.');
    const files = [
      [join(appdir, '.turnpike', 'config.yaml'), STARTER_CONFIG],
      [join(appdir, 'web', 'index.html'), STARTER_PAGE],
    ] as const;
    refuseToMix([...OTHER_NODES.map((name) => join(appdir, name)), ...files.map(([path]) => path)]);
    for (const [path, content] of files) {
      create(path, content);
      out.write(`created ${path}\n`);
    }
    out.write(hint(relative(cwd, appdir)));
    return EXIT.ok;
  },
};

function refuseToMix(paths: readonly string[]): void {
  const there = paths.find((path) => existsSync(path));
  if (there === undefined) return;
  throw new CommandError(
    `${there} exists already: nothing was created. Choose another place with --appdir, or start what is there`,
  );
}

function create(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    throw new CommandError(`cannot create ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function hint(directory: string): string {
  const enter = directory === '' ? '' : `  cd ${directory}\n`;
  return `
A node is ready to be started:

${enter}  turnpike start
  open http://127.0.0.1:8080/ in a browser; WAMP clients connect to ws://127.0.0.1:8080/ws, realm "realm1"

Then open .turnpike/config.yaml: it says what each part is for. After a change, \`turnpike check\` tells whether it is right.
`;
}
