import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/** Environments of this repository: `test/interop/install.sh` makes the second one. */
const ENVIRONMENTS = ['authmethods', 'interop'];

/** A Python that can run `program`, such as the imports of a test: of this repository's environments, or the machine's own. */
export function pythonWith(program: string): string | null {
  const own = ENVIRONMENTS.map((name) => path.join(repositoryRoot(), '.venv', name, 'bin', 'python'));
  return [...own, 'python3'].find((python) => spawnSync(python, ['-c', program]).status === 0) ?? null;
}
