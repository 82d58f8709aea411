import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: { readonly '.': { readonly types: string } };
}

const ROOT = repositoryRoot();

/** Packages that a file of types, and those that it imports, speak of. */
function packagesOf(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)].flatMap(([, name = '']) => {
    if (name.startsWith('node:')) return [];
    return name.startsWith('.') ? packagesOf(join(dirname(file), name.replace(/\.ts$/, '.d.ts')), seen) : [name];
  });
}

it('public types need no package that is not installed with this one: what the bundle has is not', () => {
  const { dependencies, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const seen = new Set<string>();
  for (const name of packagesOf(join(ROOT, exports['.'].types), seen)) assert.ok(name in dependencies, name);
  assert.ok(seen.size > 50, `${seen.size} files`);
});
