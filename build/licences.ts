import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the packages that a bundle has parts of, as they want to be kept with it.
 * @param inputs paths of modules, relative to `root`
 * @throws Error naming a package without one
 */
export function licencesOf(inputs: readonly string[], root: string): string {
  const packages = new Set(inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  return [...packages]
    .sort()
    .map((name) => `This folder has parts of ${name}.\n\n${licenceOf(name, join(root, 'node_modules', name))}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(name: string, folder: string): string {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence`);
  return readFileSync(join(folder, file), 'utf8');
}
