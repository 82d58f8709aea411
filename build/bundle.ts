/**
 * Run by the build: makes of all modules the few files that users run, `dist/bundle`. Most of what a start takes is
 * finding, reading and compiling modules one by one; ARCHITECTURE.md says what the bundle has to keep to.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { filesNamedIn } from './files-named.ts';
import { licencesOf } from './licences.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUNDLE = join(ROOT, 'dist/bundle');

/** What is started, or imported, by its name; everything else is shared between them. */
const ENTRY_POINTS = {
  index: 'src/index.ts',
  turnpike: 'src/cli/main.ts',
  'worker-process': 'src/worker/worker-process.ts',
  'lmdb-writer-process': 'src/stores/lmdb-writer-process.ts',
  'lmdb-probe': 'src/stores/lmdb-probe.ts',
  'argon2id-thread': 'src/client/auth/argon2id-thread.ts',
};

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRY_POINTS,
  outdir: BUNDLE,
  bundle: true,
  // Each module exists once, whichever entry point asks for it: components share their classes with the worker.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  // Loaded by those alone who need them, or not of JavaScript alone.
  external: ['hash-wasm', 'lmdb', 'send'],
  // For Node.js the package has CommonJS alone, which cannot be a part of ES modules as it is.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  metafile: true,
  logLevel: 'warning',
});

cpSync(join(ROOT, 'src/conformance/scenarios'), join(BUNDLE, 'scenarios'), { recursive: true });
writeFileSync(join(BUNDLE, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs), ROOT));

const there = new Set(readdirSync(BUNDLE));
for (const file of there) {
  if (!file.endsWith('.js')) continue;
  for (const name of filesNamedIn(readFileSync(join(BUNDLE, file), 'utf8'))) {
    if (!there.has(name)) throw new Error(`${file} of the bundle names "${name}", which is not there`);
  }
}
