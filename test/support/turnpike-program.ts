import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

const ROOT = repositoryRoot();
const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { turnpike: string } };

/** The command as users run it: of the bundle, whose modules are others than those that tests import from `src`. */
export const TURNPIKE_PROGRAM: string = join(ROOT, bin.turnpike);
