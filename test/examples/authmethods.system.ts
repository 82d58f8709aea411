/** The example of all authmethods: its client logs in by each, where users are listed and where a procedure decides. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';
import { hasOpenssl } from '../transports/endpoint-certificates.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { type ExampleNode, startExample } from './example-node.ts';

const EXAMPLE = 'authmethods';
const METHODS = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign'];

for (const kind of ['static', 'dynamic']) {
  describe(`the example of authmethods, ${kind}`, () => {
    let node: ExampleNode;

    before(async () => {
      node = await startExample(EXAMPLE, { config: `${kind}.yaml` });
    });

    after(() => node.close());

    const logIn = (method: string, ...more: string[]) =>
      node.client(method, '--url', `ws://127.0.0.1:${node.ports[0]}/${method}`, ...more);

    for (const method of METHODS) {
      test(`${method}: the client is let in`, async () => {
        const { code, out, err } = await logIn(method);
        assert.deepEqual([code, err], [0, '']);
        assert.match(out, new RegExp(`authmethod\\s+${method}\n`));
        assert.match(out, new RegExp(`authprovider\\s+${kind}\n`));
        assert.equal(out.includes(`greeting: "welcome by ${method}"`), kind === 'dynamic');
      });
    }

    test('cookie: the client is let in by ticket, and then by its cookie', async () => {
      const { code, out, err } = await logIn('cookie');
      assert.deepEqual([code, err], [0, '']);
      const providers = [...out.matchAll(/authprovider\s+(\w+)\n/g)].map(([, provider]) => provider);
      assert.deepEqual(providers, [kind, 'cookie']);
      assert.equal(out.match(/authid\s+user1\n/g)?.length, 2);
    });

    for (const method of ['ticket', 'wampcra', 'scram', 'cookie']) {
      test(`${method}: a wrong password is kept out, and a user whom nobody knows`, async () => {
        for (const wrong of [
          ['--password', 'wrong'],
          ['--user', 'user3'],
        ]) {
          const { code, out, err } = await logIn(method, ...wrong);
          assert.deepEqual([code, out], [1, '']);
          assert.match(err, /^ABORT {9}(?:wamp\.error\.not_authorized|com\.example\.not_you): /);
        }
      });
    }

    test('cryptosign: another key is kept out', async (t) => {
      const { directory, remove } = await temporaryDirectory();
      t.after(remove);
      const key = path.join(directory, 'other.key');
      await fs.writeFile(key, `private-key-ed25519: ${'ab'.repeat(32)}\n`);
      const { code, out, err } = await logIn('cryptosign', '--key', key);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^ABORT {9}(?:wamp\.error\.not_authorized|com\.example\.not_you): /);
    });
  });
}

describe('the example of authmethods, tls', { skip: hasOpenssl() ? false : 'no openssl on this machine' }, () => {
  let node: ExampleNode;
  let certificates: string;
  let remove: () => Promise<void>;

  before(async () => {
    ({ directory: certificates, remove } = await temporaryDirectory());
    const script = path.join(repositoryRoot(), 'examples', EXAMPLE, 'make-certificates.sh');
    const fingerprint = execFileSync('sh', [script, certificates], { encoding: 'utf8' }).trim();
    node = await startExample(EXAMPLE, {
      config: 'tls.yaml',
      env: { USER1_CERTIFICATE: fingerprint },
      moves: { '../certificates': certificates },
    });
  });

  after(async () => {
    await node.close();
    await remove();
  });

  for (const kind of ['static', 'dynamic']) {
    test(`${kind}: the certificate says who it is`, async () => {
      const url = `wss://localhost:${node.ports[0]}/${kind}`;
      const { code, out, err } = await node.client('tls', '--url', url, '--certificates', certificates);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /authid\s+user1\n/);
      assert.match(out, new RegExp(`authprovider\\s+${kind}\n`));
    });
  }
});

describe('the example of authmethods, proxies', () => {
  let node: ExampleNode;
  let directory: string;
  let remove: () => Promise<void>;

  before(async () => {
    ({ directory, remove } = await temporaryDirectory());
    const moves = {
      'path: static.sock': `path: ${directory}/static.sock`,
      'path: dynamic.sock': `path: ${directory}/dynamic.sock`,
    };
    node = await startExample(EXAMPLE, { config: 'proxies.yaml', moves });
  });

  after(async () => {
    await node.close();
    await remove();
  });

  for (const kind of ['static', 'dynamic']) {
    for (const method of ['anonymous-proxy', 'cryptosign-proxy']) {
      test(`${kind}, ${method}: its client is who the proxy says`, async () => {
        const { code, out, err } = await node.client(method, '--url', `rs+unix://${directory}/${kind}.sock`);
        assert.deepEqual([code, err], [0, '']);
        assert.match(out, /authid\s+user1\n/);
        assert.match(out, new RegExp(`authmethod\\s+${method}\nauthprovider\\s+${kind}\n`));
      });
    }
  }
});

test('the client says how it is used', async () => {
  const node = await startExample(EXAMPLE, { config: 'static.yaml' });
  for (const args of [[], ['nonsense'], ['ticket', 'more'], ['constructor']]) {
    assert.equal((await node.client(...args)).code, 2, args.join(' '));
  }
  await node.close();
});
