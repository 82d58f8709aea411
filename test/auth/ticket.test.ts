import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TICKET, type TicketPrincipal } from '../../src/auth/authmethods/ticket.ts';
import type { Accept, Deny } from '../../src/auth/outcome.ts';
import { helloOf, LoginFixture, STATIC_PARTS } from './login-fixture.ts';

function fixtureOf(
  principals: Record<string, Partial<TicketPrincipal>>,
  defaultRole: string | null = null,
): LoginFixture {
  const complete = Object.entries(principals).map(
    ([authid, principal]) => [authid, { ticket: '123secret', role: 'user', realm: null, ...principal }] as const,
  );
  return new LoginFixture([{ method: 'ticket', type: 'static', principals: new Map(complete), defaultRole }]);
}

describe('ticket, static', () => {
  const fixture = fixtureOf({ user1: {}, user2: { ticket: '456secret' } });
  const text = 'ticket in static WAMP-Ticket authentication is invalid';
  const invalid: Deny = { kind: 'deny', reason: 'wamp.error.not_authorized', message: text };

  it('challenges everybody alike: known, unknown, nameless', async () => {
    for (const authid of ['user1', 'nobody', '__proto__', null]) {
      const challenge = await fixture.login().hello(helloOf({ authid }), new AbortController().signal);
      assert.ok(challenge.kind === 'challenge');
      assert.deepEqual([challenge.authmethod, Object.keys(challenge.extra)], ['ticket', []]);
    }
  });

  it('[row 35] denies a wrong ticket, an unknown authid and none in the same words', async () => {
    for (const [authid, ticket] of [
      ['user1', 'wrong'],
      ['user1', '456secret'],
      ['user1', ''],
      ['user1', '123secret '],
      ['user1', '123secre'],
      ['nobody', '123secret'],
      ['nobody', ''],
      ['__proto__', '123secret'],
      ['', '123secret'],
      [null, '123secret'],
    ] as const) {
      assert.deepEqual(await fixture.run(helloOf({ authid }), ticket), invalid);
    }
    assert.ok(!fixture.logged.includes('secret'));
  });

  it('tells nobody the ticket: WELCOME holds none of the principal', async () => {
    const outcome = await fixture.run(helloOf(), '123secret');
    assert.equal(outcome.kind, 'accept');
    assert.ok(!JSON.stringify(outcome).includes('secret'));
  });

  it("falls back to default-role, and honours a principal's realm (K3)", async () => {
    const bound = fixtureOf({ user1: { role: null, realm: 'realm7' } }, 'visitor');
    const outcome = (await bound.run(helloOf({ realm: 'realm1' }), '123secret')) as Accept;
    assert.deepEqual([outcome.realm, outcome.authrole], ['realm7', 'visitor']);
    const roleless = fixtureOf({ user1: { role: null } });
    const denied = { kind: 'deny', reason: 'wamp.error.no_such_role', message: 'no authrole assigned' };
    assert.deepEqual(await roleless.run(helloOf(), '123secret'), denied);
  });

  it('cannot make anyone trusted either (K1)', async () => {
    const outcome = await fixtureOf({ user1: { role: 'trusted' } }).run(helloOf(), '123secret');
    const message = 'realm "realm1" has no role "trusted"';
    assert.deepEqual(outcome, { kind: 'deny', reason: 'wamp.error.no_such_role', message });
  });

  it('refuses empty tickets and impossible authids at start, and quotes no ticket (K28)', () => {
    const compile = (authid: string, ticket: string) =>
      TICKET.compileStatic({ principals: new Map([[authid, { ticket, role: null, realm: null }]]) }, STATIC_PARTS);
    assert.throws(() => compile('user1', ''), { message: 'auth.ticket.principals["user1"].ticket: must not be empty' });
    for (const authid of ['', 'x'.repeat(256), 'a\nb']) {
      assert.throws(
        () => compile(authid, '123secret'),
        (error: Error) =>
          /^auth\.ticket\.principals\["[^\n]*"\]: cannot be/.test(error.message) && !error.message.includes('secret'),
      );
    }
  });
});
