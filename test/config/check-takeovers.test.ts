import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AUTHENTICATOR, dynamic, endpoint, node, R, router, T, websocket } from './config-parts.ts';
import { problemsOf } from './example-node.ts';

const PROCEDURE = 'com.example.authenticate';
const STRANGERS = { anonymous: { type: 'static', role: 'guest' } };

function role(name: string, uri: string, allow: object, more: object = {}): object {
  return { name, permissions: [{ uri, allow, ...more }] };
}

/** What is said of procedures that are to be taken over. */
function told(guest: object, auth: object, more: object = {}): string[] {
  const parts = { realms: [{ name: 'realm-auth', roles: [role('authenticator', '*', { register: true }), guest] }] };
  const transports = [websocket(auth), websocket(STRANGERS, { endpoint: endpoint({ port: 8081 }) })];
  const problems = problemsOf(node(router({ ...parts, components: [AUTHENTICATOR], transports, ...more })));
  return problems.filter((problem) => problem.includes('say nothing of who they are'));
}

function warning(path: string, key: string): string {
  return `warning: ${path}: clients that say nothing of who they are have the role "guest", which may register this procedure: whoever registers it first decides. Name the one role that may in "${key}", or do not allow it to "guest"`;
}

describe('[row 131] authenticators and authorizers that strangers may register (K27)', () => {
  const asking = dynamic({ 'authenticator-realm': 'realm-auth' });

  it('are warned of where no role is named for them', () => {
    const expected = [warning(`${T}[0].auth.ticket.authenticator`, 'authenticator-role')];
    for (const guest of [
      role('guest', '*', { register: true }),
      role('guest', PROCEDURE, { register: true }),
      role('guest', 'com.example.', { register: true }, { match: 'prefix' }),
      { name: 'guest', 'allow-by-default': true },
    ]) {
      assert.deepEqual(told(guest, asking), expected, JSON.stringify(guest));
      assert.deepEqual(told(guest, dynamic()), expected, 'on whatever realm a client asks for');
      assert.deepEqual(told(guest, dynamic({ 'authenticator-role': 'trusted' })), expected, 'which names nobody');
    }
  });

  it('and not where one is, where they may not, or are not on that realm', () => {
    const guest = role('guest', '*', { register: true });
    assert.deepEqual(told(guest, dynamic({ 'authenticator-role': 'authenticator' })), []);
    assert.deepEqual(told(role('guest', '*', { call: true }), asking), []);
    assert.deepEqual(told({ name: 'guest', authorizer: 'com.example.authorize' }, asking), []);
    const realm1 = { name: 'realm1', roles: [guest] };
    const realms = [{ name: 'realm-auth', roles: [role('authenticator', '*', { register: true })] }, realm1];
    assert.deepEqual(told(guest, asking, { realms }), []);
  });

  it('and not for those who come by a Unix socket, which lets in whom its file does', () => {
    const transports = [websocket(asking), websocket(STRANGERS, { endpoint: { type: 'unix', path: 'inside.sock' } })];
    assert.deepEqual(told(role('guest', '*', { register: true }), asking, { transports }), []);
  });

  it('of authorizers too', () => {
    const guest = role('guest', '*', { register: true });
    const realmOf = (more: object) => [
      { name: 'realm-auth', roles: [guest, { name: 'user', authorizer: PROCEDURE, ...more }] },
    ];
    const transports = [websocket(STRANGERS)];
    assert.deepEqual(told(guest, {}, { realms: realmOf({}), components: [], transports }), [
      warning(`${R}[0].roles[1].authorizer`, 'authorizer-role'),
    ]);
    const named = { 'authorizer-role': 'user' };
    assert.deepEqual(told(guest, {}, { realms: realmOf(named), components: [], transports }), []);
  });
});
