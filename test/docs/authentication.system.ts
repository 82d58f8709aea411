/** docs/authentication.md, step by step: its configurations are started, its clients run, and they print what it says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, promises as fs } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createRouter, type EmbeddedRouter, type RouterOptions } from 'turnpike';
import { parse } from 'yaml';
import type { Dict } from '../../src/wamp/dict.ts';
import { ERRORS } from '../../src/wamp/errors.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { exampleOf, hasPart, Page } from './page.ts';

const ROOT = repositoryRoot();
const TURNPIKE = import.meta.resolve('turnpike');
const PAGE = new Page('docs/authentication.md');

/** What a step changes of the first configuration of the page. */
interface Step {
  readonly realms?: readonly Dict[];
  readonly components?: readonly Dict[];
  readonly auth?: Dict;
  readonly cookie?: Dict;
}

describe('docs/authentication.md', { timeout: 120_000 }, () => {
  let directory: string;
  let remove: () => Promise<void>;
  let router: EmbeddedRouter | null = null;
  let base: RouterOptions = { realms: [] };
  let options: RouterOptions = base;

  before(async () => {
    ({ directory, remove } = await temporaryDirectory());
    await fs.writeFile(path.join(directory, 'package.json'), '{ "type": "module" }');
    await fs.copyFile(path.join(ROOT, 'examples', 'authmethods', 'user1.key'), path.join(directory, 'user1.key'));
  });

  after(async () => {
    await router?.close();
    await remove();
  });

  const blocks = PAGE.blocks();

  for (const [at, block] of blocks.entries()) {
    const { language, text } = block;
    const example = exampleOf(block);
    const title = `${language}: ${text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim()}`;

    if (example !== null) {
      it(`is a part of ${example}: ${title}`, async () => {
        assert.ok(hasPart(await fs.readFile(path.join(ROOT, example), 'utf8'), text));
      });
    } else if (language === 'yaml') {
      it(title, async () => {
        const parsed = parse(text) as { workers?: [RouterOptions] } & Step;
        if (parsed.workers !== undefined) [base] = parsed.workers;
        options = changed(base, parsed.workers === undefined ? parsed : {});
        await router?.close();
        router = null;
      });
    } else if (language === 'js') {
      it(title, () => fs.writeFile(path.join(directory, 'authenticator.js'), resolved(text)));
    } else if (language === 'ts') {
      it(title, async () => {
        router ??= await start();
        const output = blocks[at + 1];
        assert.equal(output?.language, 'text');
        assert.equal(await run(text, router.ports[0] ?? 0), output?.text);
      });
    } else if (language === 'sh') {
      it(title, async () => {
        for (const [, command = ''] of text.matchAll(/^npx turnpike ((?:auth )?\w+)/gm)) {
          await execute([TURNPIKE_PROGRAM, ...command.split(' '), '--help']);
        }
        for (const [, command = ''] of text.matchAll(/^npx turnpike (auth test .*)$/gm)) {
          const tried = await execute([TURNPIKE_PROGRAM, ...command.split(' '), ...(await asNode())]);
          assert.match(tried, /\nlogged in\n$/);
        }
        for (const [, command = '', authid = ''] of text.matchAll(
          /^npx turnpike (auth hash \w+ --authid (\w+) .*)$/gm,
        )) {
          await assertHashed(command.split(' '), authid, parse(blocks[at + 1]?.text ?? '') as Step);
        }
      });
    } else {
      assert.equal(language, 'text', title);
    }
  }

  it('names nothing that is not there', () => {
    for (const [, link = ''] of PAGE.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(path.join(ROOT, 'docs', link)), link);
    }
    const uris = new Set<string>(Object.values(ERRORS).map(({ uri }) => uri));
    for (const [uri] of PAGE.text.matchAll(/\bwamp\.error\.\w+/g)) assert.ok(uris.has(uri), uri);
  });

  /** The node of the page as it is now, in a directory, and the password of user1. */
  async function asNode(): Promise<string[]> {
    const place = await newPlace();
    const config = { version: 2, workers: [{ type: 'router', ...options }] };
    await fs.writeFile(path.join(place, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    return ['--cbdir', place, '--secret-file', await passwordFile('123secret')];
  }

  async function passwordFile(password: string): Promise<string> {
    const file = path.join(directory, 'password.txt');
    await fs.writeFile(file, password, { mode: 0o600 });
    return file;
  }

  /** Of the same password and salt, the command makes the entry that the page has. */
  async function assertHashed(command: readonly string[], authid: string, { auth = {} }: Step): Promise<void> {
    const [, , method = ''] = command;
    const { users, principals } = auth[method] as { users?: Dict; principals?: Dict };
    const expected = (users ?? principals)?.[authid] as Dict;
    const secretFile = await passwordFile(authid === 'user1' ? '123secret' : '456secret');
    const given = ['--salt', String(expected['salt']), '--secret-file', secretFile, '--format', 'json'];
    const made: unknown = JSON.parse(await execute([TURNPIKE_PROGRAM, ...command, ...given]));
    assert.deepEqual(made, { [authid]: expected });
  }

  /** A module that finds our package, wherever it is. */
  function resolved(text: string): string {
    return text.replace("from 'turnpike'", `from ${JSON.stringify(TURNPIKE)}`);
  }

  async function start(): Promise<EmbeddedRouter> {
    return createRouter(options, { cbdir: await newPlace() });
  }

  /** A node directory. A module is loaded once: each gets the authenticator as it is now. */
  async function newPlace(): Promise<string> {
    const place = await fs.mkdtemp(path.join(directory, 'node-'));
    const authenticator = path.join(directory, 'authenticator.js');
    if (existsSync(authenticator)) await fs.copyFile(authenticator, path.join(place, 'authenticator.js'));
    return place;
  }

  async function run(text: string, port: number): Promise<string> {
    const script = path.join(directory, 'client.js');
    await fs.writeFile(script, resolved(text).replace('ws://127.0.0.1:8080', `ws://127.0.0.1:${port}`));
    return execute([script]);
  }

  /** What a program of Node prints. */
  async function execute(args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: directory, timeout: 30_000 });
    return stdout;
  }
});

/** Realms of the same name are replaced, others are added; the transport listens wherever it can. */
function changed(base: RouterOptions, { realms = [], components = [], auth, cookie }: Step): RouterOptions {
  const named = new Map([...(base.realms as Dict[]), ...realms].map((realm) => [realm['name'], realm]));
  const [transport = {}] = (base.transports ?? []) as Dict[];
  const endpoint = { ...(transport['endpoint'] as Dict), port: 0 };
  const more = { ...(auth && { auth }), ...(cookie && { cookie }) };
  return { realms: [...named.values()], components, transports: [{ ...transport, endpoint, ...more }] };
}
