import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the repository begins, wherever its compiled tests lie in there. */
export function repositoryRoot(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    if (isRoot(directory)) return directory;
    if (directory === dirname(directory)) throw new Error('the tests are not inside of the repository');
  }
}

function isRoot(directory: string): boolean {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).name === 'turnpike';
  } catch {
    return false;
  }
}
