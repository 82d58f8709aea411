import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dynamic, node, principals, router, T, websocket } from './config-parts.ts';
import { problemsOf } from './example-node.ts';

const CALL = { call: true };

function role(name: string, ...permissions: (readonly [uri: string, allow: object, more?: object])[]): object {
  return { name, permissions: permissions.map(([uri, allow, more]) => ({ uri, allow, ...more })) };
}

const JOE = principals({ joe: { ticket: 'x', role: 'user' } });
const OPEN = { anonymous: { type: 'static' } };

/** What is said of one transport that has both. */
function told(roles: readonly object[], auth: object = { ...OPEN, ...JOE }): string[] {
  return problemsOf(node(router({ realms: [{ name: 'realm1', roles }], transports: [websocket(auth)] })));
}

function warning(surplus: string, other = 'user', name = 'anonymous'): string {
  return `warning: ${T}[0].auth.anonymous: clients choose how to log in here: on the realm "realm1" the role "${name}" may do all that "${other}" may, and ${surplus} besides, so that whoever logs in has less`;
}

describe('[row 33] anonymous beside other authmethods', () => {
  it('warns where those who do not log in may do more', () => {
    const user = role('user', ['com.example.*', CALL]);
    const rows: readonly (readonly [anonymous: object, surplus: string])[] = [
      [role('anonymous', ['com.example.*', { ...CALL, publish: true }]), 'publish "com.example.*"'],
      [role('anonymous', ['com.*', CALL]), 'call "com.*"'],
      [role('anonymous', ['com.example.*', CALL], ['com.admin', { register: true }]), 'register "com.admin"'],
      [role('anonymous', ['com.example.*', CALL], ['com.*.x', { subscribe: true }]), 'subscribe "com.*.x"'],
      [{ name: 'anonymous', 'allow-by-default': true }, 'call "*"'],
    ];
    for (const [anonymous, surplus] of rows) assert.deepEqual(told([anonymous, user]), [warning(surplus)]);
  });

  it('says nothing where logging in gives the same, more, or something else', () => {
    const anonymous = role('anonymous', ['com.example.*', CALL]);
    const others = [
      role('user', ['com.example.*', CALL]),
      role('user', ['com.*', CALL]),
      role('user', ['com.example.*', { ...CALL, publish: true }]),
      // An authenticator that logs in here may do one thing, which nobody else may.
      role('user', ['com.example.authenticate', { register: true }]),
      { name: 'user', 'allow-by-default': true },
      { name: 'user', authorizer: 'com.example.authorize' },
    ];
    for (const other of others) assert.deepEqual(told([anonymous, other]), []);
  });

  it('counts entries that take something away', () => {
    const secret = ['com.example.secret', {}] as const;
    const open = role('anonymous', ['com.example.*', CALL]);
    const closed = role('user', ['com.example.*', CALL], secret);
    assert.deepEqual(told([open, closed]), [warning('call "com.example.secret"')]);
    assert.deepEqual(told([role('anonymous', ['com.*', CALL], secret), role('user', ['com.example.*', CALL])]), []);
    const below = { match: 'prefix' };
    assert.deepEqual(told([open, role('user', ['com.example.', CALL, below], ['com.example.a.', {}, below])]), [
      warning('call "com.example.a."'),
    ]);
  });

  it('knows the roles of tables, and of who has no other', () => {
    const roles = [role('anonymous', ['com.*', CALL]), role('guest', ['com.*', CALL]), role('user'), role('other')];
    const empty = [2, 3].map((at) => {
      return `warning: workers[0].realms[0].roles[${at}].permissions: the list is empty: sessions of the role may do nothing`;
    });
    const beside = (auth: object): string[] => told(roles, auth).filter((line) => !empty.includes(line));
    const table = { joe: { ticket: 'x' }, ann: { ticket: 'y', role: 'other' } };
    assert.deepEqual(beside({ ...OPEN, ...principals(table, { 'default-role': 'user' }) }), [
      warning('call "com.*"', 'other'),
      warning('call "com.*"'),
    ]);
    const guest = { anonymous: { type: 'static', role: 'guest' } };
    assert.deepEqual(beside({ ...guest, ...JOE }), [warning('call "com.*"', 'user', 'guest')]);
    const asked = dynamic({ 'authenticator-realm': 'realm1', 'default-role': 'user' });
    assert.deepEqual(
      beside({ ...OPEN, ...asked }).filter((line) => line.includes('clients choose')),
      [warning('call "com.*"')],
    );
  });

  it('says nothing where the two do not come in at one place, or to one realm', () => {
    const roles = [role('anonymous', ['com.*', CALL]), role('user', ['com.example.*', CALL])];
    const realms = [{ name: 'realm1', roles }];
    const apart = [websocket(OPEN), websocket(JOE, { endpoint: { type: 'tcp', port: 8081, interface: '127.0.0.1' } })];
    assert.deepEqual(problemsOf(node(router({ realms, transports: apart }))), []);
    const [anonymous, user] = roles;
    const split = [
      { name: 'realm1', roles: [anonymous] },
      { name: 'realm2', roles: [user] },
    ];
    assert.deepEqual(problemsOf(node(router({ realms: split, transports: [websocket({ ...OPEN, ...JOE })] }))), []);
    const elsewhere = principals({ joe: { ticket: 'x', role: 'user', realm: 'realm2' } });
    const two = [...realms, { name: 'realm2', roles: [user] }];
    const transports = [websocket({ ...OPEN, ...elsewhere })];
    assert.deepEqual(problemsOf(node(router({ realms: two, transports }))), []);
  });
});
