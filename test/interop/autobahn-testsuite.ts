/**
 * Runs the Autobahn|Testsuite against our testee. It needs Python 2.7 and the package registry, and
 * says so where one of them is missing.
 *
 *   node dist/test/interop/autobahn-testsuite.js               1-7, 9, 10 and the short ones of 12 and 13: 385 cases, two minutes
 *   AUTOBAHN_FULL=1 node dist/test/interop/autobahn-testsuite.js   all 517 cases; about a quarter of an hour
 *   AUTOBAHN_CASES='1.*,6.4.*' …                                 only these
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';
import { AUTOBAHN_OPTIONS, runListener } from '../transports/websocket-harness.ts';

const SUITE = 'autobahntestsuite==25.10.1';
const AGENT = 'turnpike';
const GOOD: ReadonlySet<string> = new Set(['OK', 'NON-STRICT', 'INFORMATIONAL']);
const ROOT = repositoryRoot();
const PACKAGES = path.join(ROOT, '.venv', 'autobahn');
const REPORTS = path.join(ROOT, 'reports', 'autobahn');

/** Each group runs in a process of its own, two at a time: the suite is slower than what it tests. */
function groups(): readonly (readonly string[])[] {
  const chosen = process.env['AUTOBAHN_CASES'];
  if (chosen !== undefined) return [chosen.split(',')];
  const core = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '9.*', '10.*'];
  if (process.env['AUTOBAHN_FULL'] === '1') {
    const sections = [...range(12, 5), ...range(13, 7)];
    return [core, ...sections.map((section) => [`${section}.*`])];
  }
  // Messages up to 8 KiB, whole and cut: the others differ in how long they take.
  const sizes = [1, 2, 3, 4, 5, 6, 11];
  const short = (sections: readonly string[]): string[] =>
    sections.flatMap((section) => sizes.map((size) => `${section}.${size}`));
  return [core, short(range(12, 5)), short(range(13, 7))];
}

function range(section: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${section}.${index + 1}`);
}

function skip(why: string): never {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

function isPython2(command: string): boolean {
  const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.version_info[0])'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() === '2';
}

/** `python2.7` on the path, or whichever pyenv has installed. */
function findPython(): string | null {
  if (isPython2('python2.7')) return 'python2.7';
  const { status, stdout } = spawnSync('pyenv', ['prefix', versionOf27()], { encoding: 'utf8' });
  const command = path.join(stdout?.trim() ?? '', 'bin', 'python2.7');
  return status === 0 && existsSync(command) && isPython2(command) ? command : null;
}

function versionOf27(): string {
  const { stdout } = spawnSync('pyenv', ['versions', '--bare'], { encoding: 'utf8' });
  return stdout?.split('\n').find((version) => version.startsWith('2.7')) ?? '2.7';
}

function install(python: string): void {
  const mark = path.join(PACKAGES, '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === SUITE) return;
  rmSync(PACKAGES, { recursive: true, force: true });
  mkdirSync(PACKAGES, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--target', PACKAGES, SUITE];
  const { status, stderr } = spawnSync(python, pip, { encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) skip(`${SUITE} could not be installed: ${stderr.trim().split('\n').at(-1)}`);
  writeFileSync(mark, SUITE);
}

interface Outcome {
  readonly behavior: string;
  readonly behaviorClose: string;
}

async function fuzz(
  python: string,
  port: number,
  index: number,
  cases: readonly string[],
): Promise<Map<string, Outcome>> {
  const outdir = path.join(REPORTS, String(index));
  mkdirSync(outdir, { recursive: true });
  const spec = path.join(outdir, 'fuzzingclient.json');
  const servers = [{ agent: AGENT, url: `ws://127.0.0.1:${port}` }];
  writeFileSync(spec, JSON.stringify({ outdir, servers, cases, 'exclude-cases': [], 'exclude-agent-cases': {} }));
  const script = [
    'import site, sys',
    `site.addsitedir(${JSON.stringify(PACKAGES)})`,
    `sys.path.insert(0, ${JSON.stringify(PACKAGES)})`,
    'from autobahntestsuite import wstest',
    'wstest.run()',
  ].join('\n');
  const child = spawn(python, ['-c', script, '-m', 'fuzzingclient', '-s', spec], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2_000);
  });
  const [code] = await once(child, 'close');
  const index_ = path.join(outdir, 'index.json');
  if (code !== 0 || !existsSync(index_)) throw new Error(`wstest ended with ${code}: ${complaints}`);
  return new Map(Object.entries(JSON.parse(readFileSync(index_, 'utf8'))[AGENT] ?? {}));
}

const python = findPython() ?? skip('there is no Python 2.7, which the Autobahn|Testsuite needs');
install(python);
rmSync(REPORTS, { recursive: true, force: true });
const startedAt = performance.now();
const { port, stop } = await runListener(AUTOBAHN_OPTIONS);
const outcomes = new Map<string, Outcome>();
const queue = [...groups().entries()];
await Promise.all(
  [1, 2].map(async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const [id, outcome] of await fuzz(python, port, ...next)) outcomes.set(id, outcome);
    }
  }),
);
await stop();

const failed = [...outcomes].filter(
  ([, { behavior, behaviorClose }]) => !GOOD.has(behavior) || !GOOD.has(behaviorClose),
);
for (const [id, { behavior, behaviorClose }] of failed) console.log(`${id}: ${behavior}, close: ${behaviorClose}`);
const kinds = new Map<string, number>();
for (const { behavior } of outcomes.values()) kinds.set(behavior, (kinds.get(behavior) ?? 0) + 1);
console.log([...kinds].map(([kind, count]) => `${count} ${kind}`).join(', '));
console.log(`${Math.round((performance.now() - startedAt) / 1000)} s; reports in ${path.relative(ROOT, REPORTS)}`);
console.log(`${outcomes.size - failed.length} passed, ${failed.length} failed`);
if (failed.length > 0 || outcomes.size === 0) process.exitCode = 1;
