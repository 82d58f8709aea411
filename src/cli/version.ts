import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';

/** [Crossbar: version] */
export const VERSION: Command = {
  name: 'version',
  summary: 'print versions',
  options: [],
  help: {
    about: 'Prints the versions of Turnpike, of Node.js, and the platform: for problem reports.',
    examples: [['turnpike version', '']],
    exitCodes: [[EXIT.ok, 'always']],
  },
  async run(_values, { out }) {
    out.write(
      `turnpike ${ownVersion()}\nnode     ${process.versions.node}\nplatform ${process.platform}-${process.arch}\n`,
    );
    return EXIT.ok;
  },
};

/** From the package that this file is part of, wherever its compiled form lies in there. */
export function ownVersion(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const manifest = readManifest(join(directory, 'package.json'));
    if (manifest?.name === 'turnpike') return manifest.version;
    if (directory === dirname(directory)) return 'unknown';
  }
}

function readManifest(path: string): { readonly name?: string; readonly version: string } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
