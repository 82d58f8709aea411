/** The example of all authmethods: its clients log in by each, where users are listed and where a procedure decides. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { createRouter, type EmbeddedRouter, type RouterOptions } from '../../src/index.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const EXAMPLE = path.join(repositoryRoot(), 'examples', 'authmethods');
const CLIENT = fileURLToPath(new URL('../../examples/authmethods/client.js', import.meta.url));
const METHODS = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign'];
const run = promisify(execFile);

for (const kind of ['static', 'dynamic']) {
  describe(`the example of authmethods, ${kind}`, () => {
    let router: EmbeddedRouter;

    before(async () => {
      const cbdir = path.join(EXAMPLE, '.turnpike');
      const text = await fs.readFile(path.join(cbdir, `${kind}.yaml`), 'utf8');
      const [worker] = (parse(text.replace('port: 8080', 'port: 0')) as { workers: RouterOptions[] }).workers;
      if (worker === undefined) throw new Error('the example has a worker');
      const { realms, transports = [], components = [] } = worker;
      router = await createRouter({ realms, transports, components }, { cbdir });
    });

    after(() => router.close());

    const logIn = (method: string, ...more: string[]) => {
      const url = `ws://127.0.0.1:${router.ports[0]}/${method}`;
      return run(process.execPath, [CLIENT, method, '--url', url, ...more]);
    };

    for (const method of METHODS) {
      test(`${method}: the client is let in`, async () => {
        const { stdout } = await logIn(method);
        assert.match(stdout, new RegExp(`authmethod\\s+${method}\n`));
        assert.match(stdout, new RegExp(`authprovider\\s+${kind}\n`));
      });
    }

    for (const method of ['ticket', 'wampcra', 'scram']) {
      test(`${method}: a wrong password is kept out`, async () => {
        await assert.rejects(logIn(method, '--password', 'wrong'), { code: 1 });
      });
    }
  });
}
