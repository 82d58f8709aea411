import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblems } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml-source.ts';
import { nodeWith, parse, problemsOfText } from './example-node.ts';

const directories: string[] = [];
let cbdir = '';

beforeEach(() => {
  cbdir = mkdtempSync(join(tmpdir(), 'turnpike-config-'));
  directories.push(cbdir);
});
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function put(name: string, content: string | Uint8Array, mode = 0o600): void {
  writeFileSync(join(cbdir, name), content, { mode });
  chmodSync(join(cbdir, name), mode);
}

async function problemsIn(file?: string): Promise<string> {
  try {
    const { warnings } = await loadConfig({ cbdir, env: {}, ...(file !== undefined && { file }) });
    return formatProblems(warnings);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

async function nodeIdIn(file?: string): Promise<string | undefined> {
  const { config } = await loadConfig({ cbdir, env: {}, ...(file !== undefined && { file }) });
  return config.controller.id;
}

describe('the file', () => {
  it('is config.yaml, else config.json, else the one that is named', async () => {
    put('config.json', '{"version": 2, "controller": {"id": "from_json"}}');
    assert.equal(await nodeIdIn(), 'from_json');
    put('config.yaml', 'version: 2\ncontroller: {id: from_yaml}');
    assert.equal(await nodeIdIn(), 'from_yaml');
    assert.equal(await nodeIdIn('config.json'), 'from_json');
    mkdirSync(join(cbdir, 'sub'));
    put('sub/other.yml', 'version: 2\ncontroller: {id: from_other}');
    assert.equal(await nodeIdIn('sub/other.yml'), 'from_other');
    assert.equal(await nodeIdIn(join(cbdir, 'sub/other.yml')), 'from_other');
  });

  it('is told where it is missing, and how to make one', async () => {
    assert.equal(
      await problemsIn(),
      `${cbdir}: there is no config.yaml or config.json in this directory; \`turnpike init\` makes one to begin with`,
    );
    assert.equal(await problemsIn('x.json'), `${join(cbdir, 'x.json')}: there is no such file`);
    assert.match(await problemsIn('/dev/null/x.json'), /^\/dev\/null\/x\.json: there is no such file$/);
  });

  it('is told where it cannot be read', async () => {
    mkdirSync(join(cbdir, 'config.json'));
    assert.equal(await problemsIn(), `${join(cbdir, 'config.json')}: this is a directory`);
    put('config.toml', '');
    assert.equal(
      await problemsIn('config.toml'),
      `${join(cbdir, 'config.toml')}: expected a file whose name ends in .json, .yaml or .yml`,
    );
    put('latin.json', Buffer.from('{"version": 2, "x": "\xe9"}', 'latin1'));
    assert.equal(await problemsIn('latin.json'), `${join(cbdir, 'latin.json')}: the file is not text in UTF-8`);
  });

  it('may have 1 MiB and not a byte more', async () => {
    const text = '{"version": 2}';
    put('full.json', text.padEnd(1_048_576));
    assert.equal(await problemsIn('full.json'), '');
    put('more.json', text.padEnd(1_048_577));
    assert.equal(await problemsIn('more.json'), `${join(cbdir, 'more.json')}: the file is larger than 1048576 bytes`);
  });

  it('begins with a byte order mark only in YAML', async () => {
    put('config.json', '\ufeff{"version": 2}');
    assert.equal(
      await problemsIn(),
      `${join(cbdir, 'config.json')}:1:1: not JSON: the file begins with a byte order mark`,
    );
    put('config.yaml', '\ufeffversion: 2');
    assert.equal(await problemsIn(), '');
  });

  it('is warned of where secrets in it are open to everybody', {
    skip: process.platform === 'win32' && 'no modes of files here',
  }, async () => {
    const open = `${join(cbdir, 'config.json')}:1:1: warning: everybody on this machine may read this file, and there are secrets in it: make it mode 0600, or write "\${NAME}"`;
    const text = JSON.stringify(nodeWith());
    put('config.json', text, 0o644);
    assert.equal(await problemsIn(), open);
    put('config.json', text, 0o640);
    assert.equal(await problemsIn(), '');
    put('config.json', text.replace('secret-of-joe', `\${${'PATH'}}`), 0o644);
    const { warnings } = await loadConfig({ cbdir, env: { PATH: 'x' } });
    assert.deepEqual(warnings, []);
  });
});

describe('problems', () => {
  it('stand where they are: file, line, column', () => {
    const text =
      '{\n  "version": 2,\n  "workers": [\n    {"type": "router",\n     "realms": [{"name": "1x"}], "relms": 1},\n    {"type": "gest"}\n  ]\n}';
    const what =
      'expected the name of a realm (3 to 255 characters from A-Z, a-z, 0-9, _, -, @ and ., beginning with a letter), got "1x"';
    assert.deepEqual(problemsOfText(text, { file: 'node/config.json' }), [
      'node/config.json:5:17: warning: workers[0].realms[0]: the realm has no roles: no client can join it',
      `node/config.json:5:26: workers[0].realms[0].name: ${what}`,
      'node/config.json:5:34: workers[0].relms: unknown key; did you mean "realms"?',
      'node/config.json:6:14: workers[1].type: expected one of "router", "websocket-testee", got "gest"',
    ]);
    const yaml = 'version: 2\nworkers:\n  - type: router\n    relms: 1\n';
    assert.deepEqual(problemsOfText(yaml, { file: 'config.yaml', parse: parseYaml }), [
      'config.yaml:4:5: workers[0].relms: unknown key; did you mean "realms"?',
    ]);
  });

  it('cannot act on a terminal', () => {
    const lines = problemsOfText(
      JSON.stringify({ version: 2, '\u001b[2J\n\u202e\u009b': 1, controller: { id: '\u001b]0;x\u0007' } }),
    ).join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(lines, /[\u0000-\u001f\u007f-\u009f\u202e]/);
    assert.match(lines, /\["\\u001b\[2J\\n\\u202e\\u009b"\]: unknown key/);
  });

  it('are cut where the file makes them long', () => {
    const [line = ''] = problemsOfText(JSON.stringify({ version: 2, controller: { id: 'X'.repeat(100_000) } }));
    assert.ok(line.length < 300, line);
    const many = Array.from({ length: 5_000 }, () => ({ type: 'x' }));
    const told = (() => {
      try {
        return parse({ version: 2, workers: many });
      } catch (error) {
        return error;
      }
    })();
    assert.ok(told instanceof ConfigError);
    assert.equal(told.problems.length, 5_000);
    assert.equal(told.message.split('\n').length, 201);
    assert.match(told.message, /… and 4800 more problems$/);
  });

  it('of the example of the documentation: none', () => {
    const yaml = `
version: 2
workers:
  - type: router
    realms:
      - {name: realm-auth, roles: [{name: authenticator, permissions: [{uri: com.example.authenticate, allow: {register: true}}]}]}
      - {name: realm-user1, roles: [{name: user, permissions: &permissions [{uri: com.example., match: prefix, allow: {call: true}}]}]}
      - {name: realm-user2, roles: [{name: user, permissions: *permissions}]}
    components:
      - {type: module, module: ./authenticator.js, realm: realm-auth, role: authenticator}
    transports:
      - type: web
        endpoint: {type: tcp, port: 8080}
        paths:
          "/": {type: static, directory: ../page}
          ws:
            type: websocket
            auth:
              ticket: {type: dynamic, authenticator: com.example.authenticate, authenticator-realm: realm-auth}
`;
    const { config, warnings } = parseConfig(yaml, { file: 'config.yaml', parse: parseYaml, env: {} });
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [
        'listens on all interfaces without TLS: set "interface" to "127.0.0.1" if it is for this machine only, else "tls"',
      ],
    );
    const [worker] = config.workers;
    assert.ok(worker?.type === 'router' && worker.transports[0]?.type === 'web');
    const service = worker.transports[0].paths['ws'];
    assert.deepEqual(service?.type === 'websocket' && service.auth, {
      ticket: {
        type: 'dynamic',
        authenticator: 'com.example.authenticate',
        'authenticator-realm': 'realm-auth',
        'authenticator-timeout': 5_000,
        'authenticator-wait': 3_000,
      },
    });
  });
});
