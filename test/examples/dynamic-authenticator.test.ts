import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { authenticate } from '../../examples/dynamic-authenticator/authenticator.ts';

const USER1 = { realm: 'realm-user1', role: 'user', extra: { 'my-custom-welcome-data': [1, 2, 3] } };

test('who is let in, and into which realm', () => {
  assert.deepEqual(authenticate(null, 'user1', { ticket: '123secret' }), USER1);
  assert.deepEqual(authenticate('realm-user1', 'user1', { ticket: '123secret' }), USER1);
  assert.deepEqual(authenticate(null, 'user2', { ticket: '456secret' }), { ...USER1, realm: 'realm-user2' });
});

test('who is kept out, and why', () => {
  const table: [unknown, unknown, unknown, string][] = [
    [null, 'user3', { ticket: '123secret' }, 'com.example.no_such_user'],
    [null, null, { ticket: '123secret' }, 'com.example.no_such_user'],
    [null, '__proto__', { ticket: '' }, 'com.example.no_such_user'],
    [null, 'user1', { ticket: '456secret' }, 'com.example.invalid_ticket'],
    [null, 'user1', { ticket: '' }, 'com.example.invalid_ticket'],
    [null, 'user1', { ticket: ['123secret'] }, 'com.example.invalid_ticket'],
    [null, 'user1', {}, 'com.example.invalid_ticket'],
    [null, 'user1', null, 'com.example.invalid_ticket'],
    ['realm-user2', 'user1', { ticket: '123secret' }, 'com.example.wrong_realm'],
    ['realm-auth', 'user1', { ticket: '123secret' }, 'com.example.wrong_realm'],
    ['', 'user1', { ticket: '123secret' }, 'com.example.wrong_realm'],
    // Which realm is whose is told to nobody without the ticket.
    ['realm-user2', 'user1', { ticket: 'wrong' }, 'com.example.invalid_ticket'],
  ];
  for (const [realm, authid, details, uri] of table) {
    assert.throws(() => authenticate(realm, authid, details), { name: 'WampError', uri }, `${realm} ${authid}`);
  }
});

test('nobody else is let in, and no error repeats the ticket', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.string({ minLength: 12 }), (realm, authid, ticket) => {
      try {
        authenticate(realm, authid, { ticket });
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'WampError');
        assert.ok(!error.message.includes(ticket));
        return;
      }
      assert.fail('let in');
    }),
    { numRuns: 300 },
  );
});
