/** docs/auth-tools.md, word by word: its files are written, its commands run, and they print what it says. */
import assert from 'node:assert/strict';
import { existsSync, promises as fs } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { createRouter, type EmbeddedRouter, type RouterOptions } from '../../src/index.ts';
import { piped, turnpike } from '../cli/terminal.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { Page } from './page.ts';

const PAGE = new Page('docs/auth-tools.md');

/** What the page has its reader type. */
const PASSWORD = 'mind the gap';

describe('docs/auth-tools.md', { timeout: 120_000 }, () => {
  let directory: string;
  let remove: () => Promise<void>;
  let router: EmbeddedRouter | null = null;
  /** What was printed by the command before. */
  let printed = '';

  before(async () => {
    ({ directory, remove } = await temporaryDirectory());
    await fs.mkdir(path.join(directory, '.turnpike'));
  });

  after(async () => {
    await router?.close();
    await remove();
  });

  const blocks = PAGE.blocks();
  for (const [at, { language, text, before: words }] of blocks.entries()) {
    const title = `${language} ${at}: ${text.split('\n')[0]}`;
    if (language === 'sh') {
      it(title, () => run(text.trimEnd()));
    } else if (language === 'text') {
      it(title, () => assertPrinted(text));
    } else {
      it(title, async () => {
        const names = [...words.matchAll(/`(\.turnpike\/[\w.]+)`/g)];
        const file = path.join(directory, names.at(-1)?.[1] ?? '');
        await fs.writeFile(file, withOwnKey(text), { mode: 0o600 });
      });
    }
  }

  it('says the password that it is written with, and names nothing that is not there', () => {
    assert.ok(PAGE.text.includes(`here it is \`${PASSWORD}\``));
    for (const [, link = ''] of PAGE.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(path.join(repositoryRoot(), 'docs', link)), link);
    }
  });

  it('names each command once more in its table', async () => {
    for (const [command = ''] of PAGE.table('Tools for authentication and authorization')) {
      const { code } = await turnpike([...command.split(' ').slice(1), '--help'], directory);
      assert.equal(code, 0, command);
    }
  });

  async function run(line: string): Promise<void> {
    const [npx, program, ...args] = line.split(' ');
    assert.deepEqual([npx, program], ['npx', 'turnpike']);
    if (args[0] === 'start') {
      router = await start();
      return;
    }
    const url = `127.0.0.1:${router?.ports[0]}`;
    const given = args.map((arg) => arg.replace('127.0.0.1:8080', url));
    const { code, out, err } = await turnpike(given, directory, {}, piped(PASSWORD));
    printed = out;
    assert.ok(code < 2, `${line}: ${out}${err}`);
  }

  /** `…` is anything within a line, and any number of lines where it stands alone. */
  function assertPrinted(text: string): void {
    const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const lines = text.split(/(?<=\n)/).map((line) => {
      return line === '…\n' ? '(?:.*\\n)*' : line.split('…').map(escaped).join('.*');
    });
    assert.match(printed, new RegExp(`^${lines.join('')}$`));
  }

  /** The page tells its reader to take the key that was just made. */
  function withOwnKey(text: string): string {
    const [, key = ''] = /^public key: ([0-9a-f]{64})$/m.exec(printed) ?? [];
    return text.replace(/(authorized_keys:\n\s+- )[0-9a-f]{64}/, `$1${key}`);
  }

  /** Where it can listen. */
  async function start(): Promise<EmbeddedRouter> {
    const file = path.join(directory, '.turnpike', 'config.yaml');
    const text = (await fs.readFile(file, 'utf8')).replace('port: 8080', 'port: 0');
    const [worker] = (parse(text) as { readonly workers: readonly RouterOptions[] }).workers;
    assert.ok(worker !== undefined);
    const { realms, components = [], transports = [] } = worker;
    return createRouter({ realms, components, transports }, { cbdir: path.dirname(file) });
  }
});
