/** What the examples have in Python, as somebody runs it from a terminal: clients of all authmethods, an authenticator. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasPythonModule, PYTHON, WITHOUT_PYTHON } from './clients/all.js';
import { startExampleNode } from './example-node.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
/** What they need that is not installed for an old Python. */
const NEEDED = { scram: 'argon2, passlib', cryptosign: 'nacl, base58', 'cryptosign-proxy': 'nacl, base58' };

function python(script, ...args) {
  return new Promise((resolve) => {
    execFile(PYTHON, [path.join(EXAMPLES, script), ...args], { timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : error.code, out, err });
    });
  });
}

for (const kind of ['static', 'dynamic']) {
  describe(`authmethods/client.py, ${kind}`, { skip: WITHOUT_PYTHON }, () => {
    let node;

    before(async () => {
      node = await startExampleNode('authmethods', { config: `${kind}.yaml` });
    });

    after(() => node.stop());

    const logIn = (method, ...more) =>
      python('authmethods/client.py', method, '--url', `ws://127.0.0.1:${node.port}/${method}`, ...more);

    for (const method of ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign', 'cookie']) {
      const isPossible = !(method in NEEDED) || hasPythonModule(NEEDED[method]);

      test(method, { skip: !isPossible && `${NEEDED[method]} are absent` }, async () => {
        const { code, out, err } = await logIn(method);
        assert.deepEqual([code, err], [0, '']);
        const providers = [...out.matchAll(/^authprovider +(\w+)$/gm)].map(([, provider]) => provider);
        assert.deepEqual(providers, method === 'cookie' ? [kind, 'cookie'] : [kind]);
        const [, named] = /^authmethod +(\w+)$/m.exec(out);
        assert.equal(named, method === 'cookie' ? 'ticket' : method);
        if (!['ticket', 'wampcra', 'scram', 'cookie'].includes(method)) return;
        const wrong = await logIn(method, '--password', 'wrong');
        assert.deepEqual([wrong.code, wrong.out], [1, '']);
        assert.match(wrong.err, /^ABORT {9}(?:wamp\.error\.not_authorized|com\.example\.not_you): /);
      });
    }
  });
}

describe('authmethods/client.py, tls', { skip: WITHOUT_PYTHON }, () => {
  let node;
  let certificates;

  before(async () => {
    certificates = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-certificates-'));
    const script = path.join(EXAMPLES, 'authmethods', 'make-certificates.sh');
    const USER1_CERTIFICATE = execFileSync('sh', [script, certificates], { encoding: 'utf8' }).trim();
    const moves = Object.fromEntries(
      ['node.pem', 'node.key', 'authority.pem'].map((file) => [
        `../certificates/${file}`,
        path.join(certificates, file),
      ]),
    );
    node = await startExampleNode('authmethods', { config: 'tls.yaml', env: { USER1_CERTIFICATE }, moves });
  });

  after(async () => {
    await node.stop();
    await fs.rm(certificates, { recursive: true });
  });

  for (const kind of ['static', 'dynamic']) {
    test(kind, async () => {
      const url = `wss://localhost:${node.port}/${kind}`;
      const { code, out, err } = await python(
        'authmethods/client.py',
        'tls',
        '--url',
        url,
        '--certificates',
        certificates,
      );
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^authid +user1$/m);
      assert.match(out, new RegExp(`^authprovider +${kind}$`, 'm'));
    });
  }
});

describe('authmethods/client.py, proxies', { skip: WITHOUT_PYTHON }, () => {
  let node;
  let sockets;

  before(async () => {
    sockets = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-sockets-'));
    const moves = {
      'path: static.sock': `path: ${sockets}/static.sock`,
      'path: dynamic.sock': `path: ${sockets}/dynamic.sock`,
    };
    node = await startExampleNode('authmethods', { config: 'proxies.yaml', moves });
  });

  after(async () => {
    await node.stop();
    await fs.rm(sockets, { recursive: true });
  });

  for (const method of ['anonymous-proxy', 'cryptosign-proxy']) {
    const isPossible = !(method in NEEDED) || hasPythonModule(NEEDED[method]);

    test(method, { skip: !isPossible && `${NEEDED[method]} are absent` }, async () => {
      for (const kind of ['static', 'dynamic']) {
        const { code, out, err } = await python(
          'authmethods/client.py',
          method,
          '--url',
          `rs+unix://${sockets}/${kind}.sock`,
        );
        assert.deepEqual([code, err], [0, '']);
        assert.match(out, /^authid +user1$/m);
        assert.match(out, new RegExp(`^authmethod +${method}\nauthprovider +${kind}$`, 'm'));
      }
    });
  }
});

describe('totp-ticket/client.py', { skip: WITHOUT_PYTHON }, () => {
  let node;

  before(async () => {
    node = await startExampleNode('totp-ticket');
  });

  after(() => node.stop());

  test('a code opens the door, once', async () => {
    const url = ['--url', `ws://127.0.0.1:${node.port}/ws`];
    const { code, out, err } = await python(
      'totp-ticket/client.py',
      ...url,
      'user1',
      '--key',
      'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    );
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^WELCOME {2}session \d+, user1 on realm1 as user\n$/);
    const wrong = await python('totp-ticket/client.py', ...url, 'user1', 'wrong');
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /^ABORT {4}com\.example\.invalid_code: /);
  });
});

describe('dynamic-authenticator/authenticator.py, outside of the node', { skip: WITHOUT_PYTHON }, () => {
  const AUTHENTICATOR_TICKET = 'a-ticket-of-this-test';
  let node;
  let authenticator;

  before(async () => {
    // Python takes its time to start.
    const patient = 'authenticator-realm: realm-auth\n                authenticator-wait: 5000';
    const moves = { 'authenticator-realm: realm-auth': patient };
    const env = { AUTHENTICATOR_TICKET };
    node = await startExampleNode('dynamic-authenticator', { config: 'outside.yaml', env, moves });
    authenticator = await start();
  });

  after(async () => {
    await end(authenticator);
    await node.stop();
  });

  async function start() {
    const script = path.join(EXAMPLES, 'dynamic-authenticator', 'authenticator.py');
    const url = `ws://127.0.0.1:${node.port}/authenticator`;
    const child = spawn(PYTHON, [script, '--url', url], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, AUTHENTICATOR_TICKET },
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'authenticator ready') break;
    }
    return child;
  }

  async function end(child) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  const logIn = (...args) =>
    python('dynamic-authenticator/client.py', '--url', `ws://127.0.0.1:${node.port}/ws`, ...args);

  test('says who comes in, and who does not', async () => {
    const { code, out, err } = await logIn('user1', '123secret');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^realm {4}realm-user1$/m);
    assert.match(out, /^custom {3}my-custom-welcome-data: \[1, 2, 3\]$/m);
    for (const [args, reason] of [
      [['user1', '000secret'], 'com.example.invalid_ticket: the ticket is not valid'],
      [['user3', '123secret'], 'com.example.no_such_user: there is no such user'],
      [['user1', '123secret', 'realm-user2'], 'com.example.wrong_realm: this realm is not open to you'],
    ]) {
      const refused = await logIn(...args);
      assert.deepEqual([refused.code, refused.err], [1, `ABORT    ${reason}\n`]);
    }
  });

  test('a login waits for it to come back', async () => {
    await end(authenticator);
    const login = logIn('user2', '456secret');
    authenticator = await start();
    assert.equal((await login).code, 0);
  });
});
