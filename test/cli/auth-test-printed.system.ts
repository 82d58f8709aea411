/** `turnpike auth test` by a configuration whose components and authenticators print what they know. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Dict } from '../../src/wamp/dict.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';

const TICKET = 'canary-typed\'"41\\é';
const SECRETS = [TICKET, 'canary-of-database', 'canary-of-answer', JSON.stringify(TICKET).slice(1, -1)];

const APPLICATION = `
export default async (session, { extra }) => {
  console.log('database', { ...extra }, 'by ' + extra.password);
  if (extra.fails) throw new Error('no database by ' + extra.password);
};
export const create = () => (realm, authid, details) => {
  console.log('asked', details);
  console.error('asked by ' + details.ticket);
  if (authid === 'leaver') process.exit(7);
  if (authid === 'thrower') return new Promise(() => setTimeout(() => Promise.reject(new Error('late ' + details.ticket))));
  process.stdout.write('is it canary-of-answer?');
  return { role: 'user', extra: { token: 'canary-of-answer' } };
};
`;

let cwd = '';

before(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-auth-test-printed-'));
  mkdirSync(join(cwd, '.turnpike'));
  const component = { type: 'module', module: './application.js', realm: 'realm1', role: 'user' };
  const transport = {
    type: 'websocket',
    endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 },
    auth: { ticket: { type: 'function', create: './application.js#create' } },
  };
  for (const [file, extra] of [
    ['config.json', {}],
    ['fails.json', { fails: true }],
  ] as const) {
    const worker = {
      type: 'router',
      realms: [{ name: 'realm1', roles: [{ name: 'user', 'allow-by-default': true }] }],
      components: [{ ...component, extra: { ...extra, password: 'canary-of-database' } }],
      transports: [transport],
    };
    writeFileSync(join(cwd, '.turnpike', file), JSON.stringify({ version: 2, workers: [worker] }), { mode: 0o600 });
  }
  writeFileSync(join(cwd, '.turnpike', 'application.js'), APPLICATION);
  writeFileSync(join(cwd, '.turnpike', 'package.json'), '{"type": "module"}');
});

after(() => rmSync(cwd, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** In a process of its own: what is printed there is no output of this test. */
function logIn(authid: string, ...more: readonly string[]): Outcome {
  const args = [
    TURNPIKE_PROGRAM,
    'auth',
    'test',
    '--realm',
    'realm1',
    '--authid',
    authid,
    '--authmethod',
    'ticket',
    ...more,
  ];
  const {
    status: code,
    stdout: out,
    stderr: err,
  } = spawnSync(process.execPath, args, {
    cwd,
    input: TICKET,
    encoding: 'utf8',
    timeout: 20_000,
  });
  for (const secret of SECRETS) assert.ok(!`${out}${err}`.includes(secret), `a secret is shown: ${out}${err}`);
  return { code, out, err };
}

describe('what applications print while a login is tried', () => {
  it('is told among the steps, without secrets', () => {
    const { code, out, err } = logIn('joe');
    assert.deepEqual([code, err], [0, '']);
    const printed = out.split('\n').filter((line) => /^ {4}printed: /.test(line));
    assert.equal(printed[0], `    printed: "database { password: '‹masked›' } by ‹masked›"`);
    assert.ok(printed.includes('    printed: "asked by ‹masked›"'), out);
    assert.ok(
      printed.some((line) => line.includes('ticket: ') && line.includes('‹masked›')),
      out,
    );
    assert.ok(printed.includes('    printed: "is it ‹masked›?"'), out);
    assert.ok(out.indexOf('printed: "asked by') > out.indexOf('    asked: the function'), out);
  });

  it('leaves the output for scripts what it is', () => {
    const { code, out, err } = logIn('joe', '--output', 'json');
    assert.deepEqual([code, err], [0, '']);
    const { steps } = JSON.parse(out) as { steps: readonly Dict[] };
    const texts = steps.filter(({ step }) => step === 'printed').map(({ text }) => text);
    assert.ok(texts.includes('asked by ‹masked›'), out);
  });

  it('is told on standard error where the node cannot be started, or ends', () => {
    const { code, out, err } = logIn('joe', '--config', 'fails.json');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^ {4}printed: "database \{ fails: true, password: '‹masked›' \} by ‹masked›"$/m);
    assert.match(err, /^turnpike auth test: the configuration cannot be started: .*$/m);
    const left = logIn('leaver');
    assert.deepEqual([left.code, left.out], [7, '']);
    assert.match(left.err, /^ {4}printed: "asked by ‹masked›"$/m);
    const thrown = logIn('thrower');
    assert.deepEqual([thrown.code, thrown.out], [2, '']);
    assert.match(thrown.err, /^ {4}printed: "Error: late ‹masked›"$/m);
  });
});
