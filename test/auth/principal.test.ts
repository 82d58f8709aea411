import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noSuchRealm, noSuchRole } from '../../src/auth/denials.ts';
import type { Deny } from '../../src/auth/outcome.ts';
import { assignPrincipal, conclude, type Principal } from '../../src/auth/principal.ts';
import { SEVERAL_RESULTS } from '../../src/wamp/roles.ts';

const ASKED = { realm: 'realm1', authid: 'joe', defaultRole: null };

function assigned(answer: unknown, asked: Parameters<typeof assignPrincipal>[1] = ASKED): Principal {
  const principal = assignPrincipal(answer, asked);
  assert.equal(principal.kind, 'principal');
  return principal as Principal;
}

function denied(answer: unknown, asked: Parameters<typeof assignPrincipal>[1] = ASKED): [string, string | null] {
  const { kind, reason, message } = assignPrincipal(answer, asked) as Deny;
  assert.equal(kind, 'deny');
  return [reason, message];
}

describe('assignPrincipal', () => {
  it('takes a string for the role', () => {
    const { realm, authid, authrole, authextra } = assigned('user');
    assert.deepEqual([realm, authid, authrole, authextra], ['realm1', 'joe', 'user', null]);
  });

  it('refuses what is neither string nor dictionary, by its name in Python', () => {
    class Answer {}
    for (const [answer, name] of [
      [null, 'NoneType'],
      [undefined, 'NoneType'],
      [true, 'bool'],
      [1, 'int'],
      [2n, 'int'],
      [1.5, 'float'],
      [['user'], 'list'],
      [new Uint8Array(1), 'bytes'],
      [Buffer.alloc(1), 'bytes'],
      [() => 'user', 'function'],
      [SEVERAL_RESULTS, 'autobahn.wamp.types.CallResult'],
      [new Answer(), 'object'],
      [new Map([['role', 'user']]), 'object'],
    ] as const) {
      const text = `got invalid return type "<class '${name}'>" from dynamic authenticator`;
      assert.deepEqual(denied(answer), ['wamp.error.authentication_failed', text]);
    }
  });

  it('checks realm, authid, role and extra, each for itself', () => {
    const bad = {
      realm: [1, true, {}, [], 'a b', 'a..b', '.a', 'a#b', 'x'.repeat(1025), 'a\u0000b', '\u202ea'],
      authid: [1, {}, 'x'.repeat(256), 'a\u0007', '\udc00', '\u202ea', '\u2066a'],
      role: [1, false, {}, ['user'], 'a b', 'user\n', 'x'.repeat(1025)],
      extra: ['text', 1, true, [], new Uint8Array(1), { f: () => 1 }, { d: new Date(0) }],
    };
    for (const [key, values] of Object.entries(bad)) {
      for (const value of values) {
        const text = `got invalid "${key}" from dynamic authenticator`;
        assert.deepEqual(denied({ role: 'user', [key]: value }), ['wamp.error.authentication_failed', text]);
      }
    }
  });

  it('tells what is missing in the order of Crossbar', () => {
    const nothing = { realm: null, authid: null, defaultRole: null };
    assert.deepEqual(denied({}, nothing), ['wamp.error.no_such_realm', 'no realm assigned']);
    assert.deepEqual(denied({ realm: 'a' }, nothing), ['wamp.error.no_such_principal', 'no authid assigned']);
    assert.deepEqual(denied({ realm: 'a', authid: 'b' }, nothing), ['wamp.error.no_such_role', 'no authrole assigned']);
    assert.deepEqual(denied('', ASKED), ['wamp.error.no_such_role', 'no authrole assigned']);
    assert.deepEqual(denied({ realm: null, role: 'user' }), ['wamp.error.no_such_realm', 'no realm assigned']);
    assert.deepEqual(denied({ authid: '', role: 'user' }), ['wamp.error.no_such_principal', 'no authid assigned']);
  });

  it('[row 134] lets nobody in by an answer that asks for a second challenge, whatever else it says', () => {
    const refused = ['wamp.error.authentication_failed', 'a second challenge is not offered'];
    for (const challenge of ['totp', { method: 'totp' }, ['totp', {}], true, false, 0, '']) {
      assert.deepEqual(denied({ challenge }, { ...ASKED, defaultRole: 'user' }), refused);
      assert.deepEqual(denied({ role: 'user', challenge }), refused);
    }
    assert.equal(assigned({ role: 'user', challenge: null }).authrole, 'user');
  });

  it('gives default-role only where no role is named', () => {
    const asked = { ...ASKED, defaultRole: 'visitor' };
    assert.equal(assigned({}, asked).authrole, 'visitor');
    assert.equal(assigned({ role: undefined }, asked).authrole, 'visitor');
    assert.equal(assigned('user', asked).authrole, 'user');
    assert.deepEqual(denied({ role: null }, asked), ['wamp.error.no_such_role', 'no authrole assigned']);
  });

  it('[row 119] makes nobody trusted (K1), by default-role neither', () => {
    const expected = ['wamp.error.no_such_role', 'realm "realm1" has no role "trusted"'];
    assert.deepEqual(denied('trusted'), expected);
    assert.deepEqual(denied({ role: 'trusted' }), expected);
    assert.deepEqual(denied({}, { ...ASKED, defaultRole: 'trusted' }), expected);
    assert.deepEqual(denied({ role: 'trusted', realm: null }), ['wamp.error.no_such_realm', 'no realm assigned']);
  });

  it('[row 121] drops reserved keys from extra (K15), and keeps __proto__ as data', () => {
    const extra = JSON.parse(
      '{"transport":1,"x_cb_pid":1,"x_cb_":1,"proxy_authid":"x","__proto__":{"a":1},"mine":{"__proto__":2},"x_cbx":3}',
    );
    const { authextra } = assigned({ role: 'user', extra });
    assert.deepEqual(Object.keys(authextra!), ['__proto__', 'mine', 'x_cbx']);
    assert.equal(Object.getPrototypeOf(authextra), null);
    assert.equal(authextra!['a'], undefined);
  });

  it('copies extra, deeply, and bounds it', () => {
    const extra = { list: [{ n: 1 }], bytes: Uint8Array.of(1, 2), big: 2n ** 60n, none: null, absent: undefined };
    const { authextra } = assigned({ role: 'user', extra });
    (extra.list[0] as { n: number }).n = 2;
    extra.bytes[0] = 9;
    const plain = {
      list: [Object.assign(Object.create(null), { n: 1 })],
      bytes: Uint8Array.of(1, 2),
      big: 2n ** 60n,
      none: null,
    };
    assert.deepEqual({ ...authextra }, plain);

    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const wide = { list: Array.from({ length: 200_000 }, () => 0) };
    for (const tooMuch of [cyclic, wide, { text: 'x'.repeat(1024 * 1024) }, { ['k'.repeat(1024 * 1024)]: 1 }]) {
      assert.equal(denied({ role: 'user', extra: tooMuch })[1], 'got invalid "extra" from dynamic authenticator');
    }
  });

  it('reads each member of an answer once', () => {
    let reads = 0;
    const answer = {
      get role() {
        reads++;
        return reads === 1 ? 'user' : 'trusted';
      },
    };
    assert.equal(assigned(answer).authrole, 'user');
  });

  it('hands the other keys to the authmethod', () => {
    const { credentials } = assigned({
      role: 'user',
      realm: 'r',
      authid: 'a',
      extra: null,
      secret: 's',
      'stored-key': 'k',
    });
    assert.deepEqual({ ...credentials }, { secret: 's', 'stored-key': 'k' });
    assert.equal(Object.getPrototypeOf(credentials), null);
    assert.deepEqual(Object.keys(assigned('user').credentials), []);
  });

  it('never trusts and never throws, whatever the answer', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, withDate: true }),
        (answer) => {
          const principal = assignPrincipal(answer, ASKED);
          assert.ok(principal.kind === 'deny' || principal.authrole !== 'trusted');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('conclude', () => {
  it('says by which authmethod and authenticator', () => {
    const accept = conclude(assigned({ role: 'user', secret: 's' }), 'wampcra', 'dynamic');
    assert.deepEqual(accept, {
      kind: 'accept',
      realm: 'realm1',
      authid: 'joe',
      authrole: 'user',
      authmethod: 'wampcra',
      authprovider: 'dynamic',
      authextra: null,
    });
  });
});

describe('what the router says of a principal', () => {
  it('speaks as Crossbar does', () => {
    assert.deepEqual(noSuchRealm('X'), {
      kind: 'deny',
      reason: 'wamp.error.no_such_realm',
      message: 'no realm "X" exists on this router',
    });
    assert.deepEqual(noSuchRole('X', 'Y'), {
      kind: 'deny',
      reason: 'wamp.error.no_such_role',
      message: 'realm "X" has no role "Y"',
    });
  });
});
