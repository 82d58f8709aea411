import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function readManifest(path: string): { readonly name?: string; readonly version: string } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function ownVersion(): string {
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const manifest = readManifest(join(directory, 'package.json'));
    if (manifest?.name === 'turnpike') return manifest.version;
    if (directory === dirname(directory)) return 'unknown';
  }
}

/** Of the package that this file is part of, wherever its compiled form lies in there. */
export const VERSION: string = ownVersion();
