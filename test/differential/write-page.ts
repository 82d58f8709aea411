/** Writes the page anew, of what is known. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';
import { differencesPage } from './page.ts';

writeFileSync(join(repositoryRoot(), 'docs', 'differences-from-crossbar.md'), differencesPage());
