import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Outcome, turnpike } from './terminal.ts';

/** Lines are counted from 1. */
const CONFIG = `version: 2
workers:
  - type: router
    realms:
      - name: realm1
        roles:
          - name: user
            permissions:
              - uri: com.example.
                match: prefix
                allow: { call: true, subscribe: true }
                disclose: { caller: true }
              - uri: com.example.secret
                allow: { publish: true }
              - uri: com.*.admin.*
          - name: decided
            authorizer: com.example.authorize
            authorizer-role: decider
          - name: computed
            authorizer: { type: function, create: "./authorizer.js#create" }
          - name: decider
            permissions:
              - { uri: "*", allow: { register: true, publish: true } }
          - { name: open, allow-by-default: true }
          - { name: nothing }
      - name: realm2
        options: { uri_check: strict }
        roles:
          - { name: open, allow-by-default: true }
    transports:
      - type: websocket
        endpoint: { type: tcp, port: 8080 }
        auth:
          ticket:
            type: dynamic
            authenticator: com.example.authenticate
            authenticator-role: decided
`;

let cwd = '';
before(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-explain-'));
  mkdirSync(join(cwd, '.turnpike'));
  writeFileSync(join(cwd, '.turnpike', 'config.yaml'), CONFIG);
});
after(() => rmSync(cwd, { recursive: true }));

function explain(...args: readonly string[]): Promise<Outcome> {
  return turnpike(['auth', 'explain', ...args], cwd);
}

/** The lines that it tells, without the directory. */
async function told(...args: readonly string[]): Promise<readonly [code: number, ...lines: string[]]> {
  const { code, out, err } = await explain(...args);
  assert.equal(err, '');
  return [
    code,
    ...out
      .replaceAll(join(cwd, '.turnpike', '/'), '')
      .trimEnd()
      .split('\n'),
  ];
}

const ROLES = 'workers[0].realms[0].roles';

describe('turnpike auth explain', () => {
  it('names the permission that allows', async () => {
    assert.deepEqual(await told('--role', 'user', 'call', 'com.example.add'), [
      0,
      'allowed: user on realm1, to call com.example.add',
      '  the permission allows to call',
      `  config.yaml:9:17: ${ROLES}[0].permissions[0]`,
      '  prefix "com.example." allows: call, subscribe',
      '  the other side learns who it was',
    ]);
  });

  it('names the permission that denies, as it is understood', async () => {
    assert.deepEqual(await told('call', 'com.app.admin.x', '--role', 'user'), [
      1,
      'denied: user on realm1, to call com.app.admin.x',
      '  the permission does not allow to call',
      `  config.yaml:15:17: ${ROLES}[0].permissions[2]`,
      '  wildcard "com..admin." allows: nothing',
    ]);
  });

  it('says where nothing is for it', async () => {
    assert.deepEqual((await told('--role', 'user', 'call', 'org.example')).slice(1), [
      'denied: user on realm1, to call org.example',
      '  no permission of the role is for it',
      `  config.yaml:9:15: ${ROLES}[0].permissions`,
    ]);
    assert.deepEqual((await told('--role', 'nothing', 'call', 'org.example')).slice(1), [
      'denied: nothing on realm1, to call org.example',
      '  the role has no permissions: it may do nothing',
      `  config.yaml:25:13: ${ROLES}[5]`,
    ]);
  });

  it('says which URI of a pattern is not allowed', async () => {
    assert.deepEqual(await told('--role', 'user', '--match', 'prefix', 'subscribe', 'com.example.'), [
      1,
      'denied: user on realm1, to subscribe to the prefix pattern "com.example."',
      '  not all of its URIs are allowed, such as com.example.secret: the permission does not allow to subscribe',
      `  config.yaml:13:17: ${ROLES}[0].permissions[1]`,
      '  exact "com.example.secret" allows: publish',
    ]);
    assert.equal((await told('--role', 'user', '--match', 'prefix', 'subscribe', 'com.example.news.'))[0], 0);
  });

  it('says who is asked at run time', async () => {
    const [code, , reason, place] = await told('--role', 'decided', 'call', 'com.a');
    assert.equal(code, 69);
    assert.equal(
      reason,
      '  decided at run time, by the procedure com.example.authorize, which the role "decider" may register',
    );
    assert.equal(place, `  config.yaml:17:25: ${ROLES}[1].authorizer`);
    const [, , byFunction] = await told('--role', 'computed', 'call', 'com.a');
    assert.equal(byFunction, '  decided at run time, by the function "./authorizer.js#create"');
  });

  it('knows what the router refuses before any permission', async () => {
    const [code, , restricted] = await told('--role', 'decider', 'publish', 'wamp.x');
    assert.deepEqual(
      [code, restricted],
      [1, '  URIs under "wamp." are the router\'s: clients neither register nor publish there'],
    );
    const strict = await told('--role', 'open', '--realm', 'realm2', 'call', 'com.Upper');
    assert.equal(strict[2], '  that is no URI (uri_check "strict")');
    assert.equal((await told('--role', 'open', '--realm', 'realm1', 'call', 'com.Upper'))[0], 0);
    const own = await told('--role', 'decider', 'register', 'com.example.authorize');
    assert.equal(own[0], 0);
    const foreign = await told('--role', 'open', '--realm', 'realm1', 'register', 'com.example.authorize');
    assert.equal(foreign[2], '  the procedure is reserved: only the role "decider" may register it');
    const authenticator = await told('--role', 'decider', 'register', 'com.example.authenticate');
    assert.deepEqual(authenticator.slice(2), [
      '  the procedure is reserved: only the role "decided" may register it',
      '  config.yaml:36:28: workers[0].transports[0].auth.ticket.authenticator',
    ]);
  });

  it('tells it to scripts', async () => {
    const { code, out } = await explain('--role', 'user', '--output', 'json', 'subscribe', 'com.example.secret');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), {
      role: 'user',
      action: 'subscribe',
      uri: 'com.example.secret',
      match: 'exact',
      realm: 'realm1',
      decision: 'denied',
      reason: 'the permission does not allow to subscribe',
      place: {
        file: join(cwd, '.turnpike', 'config.yaml'),
        path: `${ROLES}[0].permissions[1]`,
        line: 13,
        column: 17,
      },
      permission: { uri: 'com.example.secret', match: 'exact', allow: ['publish'] },
      disclose: false,
    });
  });

  it('says what is not there, and what there is more than once', async () => {
    for (const [args, text] of [
      [['--role', 'usr'], 'no realm has a role "usr": did you mean user?'],
      [['--role', 'user', '--realm', 'realm3'], 'there is no realm "realm3": did you mean realm1?'],
      [['--role', 'user', '--realm', 'realm2'], 'the realm has no role "user"'],
      [['--role', 'open'], 'several realms have the role: say which with --realm (realm1, realm2)'],
    ] as const) {
      const outcome = await explain(...args, 'call', 'com.a');
      assert.deepEqual(outcome, { code: 1, out: '', err: `turnpike auth explain: ${text}\n` });
    }
  });
});
