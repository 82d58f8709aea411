/** authmethod × authenticator × what happens: every combination ends in a defined outcome, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Accept, Deny, Outcome } from '../../src/auth/outcome.ts';
import type { AuthEntry, AuthMethodName } from '../../src/auth/policy.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { helloOf, LoginFixture, settle, silence } from './login-fixture.ts';
import { CANARY, PROOFS, type ProvableMethod } from './proofs.ts';

const METHODS = Object.keys(PROOFS) as ProvableMethod[];
const ASKING = ['dynamic', 'function'] as const;

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    if (value instanceof Map) for (const member of value.values()) frozen(member);
    else for (const member of Object.values(value)) frozen(member);
  }
  return value;
}

function askingEntry(method: AuthMethodName, type: (typeof ASKING)[number]): AuthEntry {
  const common = { method, defaultRole: null, timeout: null };
  return frozen<AuthEntry>(
    type === 'dynamic'
      ? { ...common, type, authenticator: 'com.example.authenticate', realm: null, role: null, wait: 0 }
      : { ...common, type, create: './auth.js#create', config: { users: { joe: [1] } }, exposeController: false },
  );
}

function denied(reason: string, message: string | null): Deny {
  return { kind: 'deny', reason, message };
}

for (const method of METHODS) {
  const proof = PROOFS[method];
  const authextra = { ...proof.authextra, token: CANARY };
  const hello = frozen(
    helloOf({
      authmethods: [method],
      authextra: { ...authextra, transport: { peer: 'faked' }, x_cb_pid: 1 },
      ...proof.hello,
    }),
  );
  /** An answer of the authenticator that lets the client prove it. */
  const granting = (identity: Dict): unknown => ({ ...identity, ...proof.credentials });

  /** What the login ended in, but for the router's own proof, where there is one. */
  const withoutProof = (outcome: Outcome): Outcome => {
    if (proof.proves === undefined || outcome.kind !== 'accept') return outcome;
    const authextra: Dict = Object.assign(Object.create(null), outcome.authextra);
    for (const key of proof.proves) {
      assert.match(String(authextra[key]), /^[A-Za-z0-9+/]{43}=$/);
      delete authextra[key];
    }
    return { ...outcome, authextra: Object.keys(authextra).length === 0 ? null : authextra };
  };

  describe(`${method}, static`, () => {
    const echoes = method === 'anonymous' || method === 'ticket';

    it(`accepts, and ${echoes ? 'echoes authextra without reserved keys' : 'keeps authextra to itself'}`, async () => {
      const fixture = new LoginFixture([frozen(proof.entry)]);
      const accept: Accept = {
        kind: 'accept',
        realm: 'realm1',
        authid: 'user1',
        authrole: 'user',
        authmethod: method,
        authprovider: 'static',
        authextra: echoes ? Object.assign(Object.create(null), authextra) : null,
      };
      assert.deepEqual(withoutProof(await fixture.run(hello, proof.answer)), accept);
      assert.deepEqual(
        withoutProof(await fixture.run(hello, proof.answer)),
        accept,
        'the second login finds the same configuration',
      );
      assert.equal(fixture.calls.length, 0);
      assert.deepEqual(fixture.lines, []);
    });
  });

  for (const type of ASKING) {
    describe(`${method}, ${type}`, () => {
      const fixtureWith = (behaviour: LoginFixture['behaviour']): LoginFixture => {
        const fixture = new LoginFixture([askingEntry(method, type)]);
        fixture.behaviour = behaviour;
        return fixture;
      };
      const nothingLeft = (fixture: LoginFixture): void => {
        assert.equal(fixture.clock.pending, 0, 'no timer');
        assert.equal(fixture.budget.inFlight, 0, 'no place in the budget');
        assert.ok(!fixture.logged.includes(CANARY), 'no secret in the log');
      };

      it('accepts a role, with the client for the rest', async () => {
        const fixture = fixtureWith(() => granting({ role: 'user' }));
        const outcome = await fixture.decide(hello, proof.answer);
        assert.equal(outcome.kind, 'accept');
        assert.deepEqual(
          { ...withoutProof(outcome), authid: '' },
          {
            kind: 'accept',
            realm: 'realm1',
            authid: '',
            authrole: 'user',
            authmethod: method,
            authprovider: type,
            authextra: null,
          },
        );
        const authid = (outcome as Accept).authid;
        if (method !== 'anonymous') assert.equal(authid, 'user1');
        else assert.match(authid, /^([345679ACEFGHJ-NP-Y]{4}-){5}[345679ACEFGHJ-NP-Y]{4}$/, 'HELLO.authid is ignored');
        nothingLeft(fixture);
      });

      it('accepts the identity that the authenticator assigns', async () => {
        const extra = { 'my-custom-welcome-data': [1, 2, 3] };
        const fixture = fixtureWith(() => granting({ realm: 'realm-user1', authid: 'joe', role: 'admin', extra }));
        const outcome = withoutProof(await fixture.decide(hello, proof.answer)) as Accept;
        assert.equal(outcome.realm, 'realm-user1');
        assert.equal(outcome.authid, 'joe');
        assert.equal(outcome.authrole, 'admin');
        assert.deepEqual({ ...outcome.authextra }, extra);
        nothingLeft(fixture);
      });

      it('is called with realm, authid and exactly the documented details', async () => {
        const fixture = fixtureWith(() => granting({ role: 'user' }));
        const outcome = (await fixture.decide(hello, proof.answer)) as Accept;
        const [call] = fixture.calls;
        assert.equal(fixture.calls.length, 1);
        const [realm, authid, details] = call!.args as [unknown, unknown, Record<string, unknown>];
        assert.equal(call!.args.length, 3);
        assert.equal(realm, 'realm1');
        assert.equal(authid, outcome.authid);
        const keys = ['transport', 'session', 'authmethod', 'authextra'];
        assert.deepEqual(Object.keys(details), [...keys, ...proof.details]);
        assert.equal(details['session'], 508715025212448);
        assert.equal(details['authmethod'], method);
        assert.deepEqual({ ...(details['authextra'] as object) }, authextra, 'without reserved keys');
        assert.equal(details['transport'], hello.transport);
        if (method === 'ticket') assert.equal(details['ticket'], CANARY);
      });

      it('denies by an error of the authenticator, in its words', async () => {
        const fixture = fixtureWith(() => {
          throw new WampError('com.example.invalid_ticket', [`invalid ticket '${CANARY}' for principal user1`, 2]);
        });
        const text = `invalid ticket '${CANARY}' for principal user1`;
        assert.deepEqual(await fixture.run(hello, proof.answer), denied('com.example.invalid_ticket', text));
        assert.match(fixture.logged, /the authenticator raised com\.example\.invalid_ticket/);
        nothingLeft(fixture);
      });

      it('[row 125] denies where it failed otherwise, and tells the client a reference only', async () => {
        for (const thrown of [new Error(`cannot decode ${CANARY}\n    at ${CANARY}`), CANARY, null, { CANARY }]) {
          const fixture = fixtureWith(() => {
            throw thrown;
          });
          const outcome = (await fixture.decide(hello, proof.answer)) as Deny;
          assert.equal(outcome.reason, 'wamp.error.authentication_failed');
          const reference = /^authentication failed \(ref ([0-9a-f]{8})\)$/.exec(outcome.message ?? '')?.[1];
          const [line] = fixture.lines;
          assert.equal(line?.level, 'error');
          assert.equal(line?.fields['reference'], reference);
          nothingLeft(fixture);
        }
      });

      it('denies where nobody is there to ask', async () => {
        const fixture = fixtureWith(() => {
          throw new WampError('wamp.error.no_such_procedure', [
            'no callee registered for procedure <com.example.authenticate>',
          ]);
        });
        const absent = denied('wamp.error.no_such_procedure', 'no authenticator is available');
        assert.deepEqual(await fixture.run(hello, proof.answer), absent);
        nothingLeft(fixture);
      });

      it('denies where the authenticator is silent, after 5 seconds, and ends the call', async () => {
        const fixture = fixtureWith(silence);
        const outcome = fixture.run(hello, proof.answer);
        await settle();
        assert.equal(fixture.budget.inFlight, 1);
        fixture.clock.advance(LIMITS.authenticatorTimeout - 1);
        await settle();
        assert.equal(fixture.calls[0]?.signal.aborted, false);
        fixture.clock.advance(1);
        const late = denied('wamp.error.authentication_failed', 'the authenticator did not answer in time');
        assert.deepEqual(await outcome, late);
        assert.equal(fixture.calls[0]?.signal.aborted, true);
        assert.match(fixture.logged, /did not answer in time/);
        nothingLeft(fixture);
      });

      it('is told apart from a callee that left, though ending the call cancels it', async () => {
        const cancelled = (_args: readonly unknown[], signal: AbortSignal): Promise<never> =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new WampError('wamp.error.canceled')));
          });
        const fixture = fixtureWith(cancelled);
        const outcome = fixture.run(hello, proof.answer);
        await settle();
        fixture.clock.advance(LIMITS.authenticatorTimeout);
        const late = denied('wamp.error.authentication_failed', 'the authenticator did not answer in time');
        assert.deepEqual(await outcome, late);
        fixture.behaviour = () => Promise.reject(new WampError('wamp.error.canceled'));
        const left = denied('wamp.error.canceled', 'callee disconnected from in-flight request');
        assert.deepEqual(await fixture.run(hello, proof.answer), left);
        nothingLeft(fixture);
      });

      it('ends the call where the client leaves', async () => {
        const fixture = fixtureWith(silence);
        const client = new AbortController();
        const outcome = fixture.run(hello, proof.answer, client.signal);
        await settle();
        client.abort();
        assert.deepEqual(await outcome, denied('wamp.error.authentication_failed', 'the login was given up'));
        assert.equal(fixture.calls[0]?.signal.aborted, true);
        nothingLeft(fixture);
      });

      it('drops an answer that comes when the client has left', async () => {
        const client = new AbortController();
        const fixture = fixtureWith(() => {
          client.abort();
          return granting({ role: 'user' });
        });
        assert.equal((await fixture.run(hello, proof.answer, client.signal)).kind, 'deny');
        nothingLeft(fixture);
      });

      it('does not ask for a client that has left', async () => {
        const fixture = fixtureWith(() => granting({ role: 'user' }));
        assert.equal((await fixture.run(hello, proof.answer, AbortSignal.abort())).kind, 'deny');
        assert.equal(fixture.calls.length, 0);
      });

      it('[row 116] an answer, or an error, that comes too late goes nowhere', async () => {
        for (const late of [
          () => granting({ role: 'user' }),
          () => Promise.reject(new WampError('com.example.late')),
        ]) {
          let answer = (): void => {};
          const fixture = fixtureWith(() => new Promise<void>((resolve) => (answer = resolve)).then(late));
          const outcome = fixture.run(hello, proof.answer);
          await settle();
          fixture.clock.advance(LIMITS.authenticatorTimeout);
          assert.equal((await outcome).kind, 'deny');
          answer();
          await settle();
          nothingLeft(fixture);
        }
      });

      it('denies beyond the calls that may be in flight', async () => {
        const fixture = new LoginFixture([askingEntry(method, type)], 1);
        fixture.behaviour = silence;
        const first = fixture.run(hello, proof.answer);
        await settle();
        const second = await fixture.run(hello, proof.answer);
        assert.deepEqual(second, denied('wamp.error.authentication_failed', 'too many logins are being decided'));
        assert.equal(fixture.calls.length, 1);
        fixture.clock.advance(LIMITS.authenticatorTimeout);
        assert.equal((await first).kind, 'deny');
        fixture.behaviour = () => granting({ role: 'user' });
        assert.equal((await fixture.run(hello, proof.answer)).kind, 'accept', 'a place is free again');
        nothingLeft(fixture);
      });

      it('[row 119] has defined outcomes for whatever it answers', async () => {
        const anything = fc.anything({
          withBigInt: true,
          withNullPrototype: true,
          withTypedArray: true,
          withDate: true,
        });
        const identity = fc.record(
          { realm: anything, authid: anything, role: fc.oneof(fc.constant('trusted'), anything), extra: anything },
          { requiredKeys: [] },
        );
        const plausible = fc.record(
          {
            realm: fc.constantFrom('realm1', null, '', 'a b', 'com..x', 7),
            authid: fc.constantFrom('joe', null, '', 'x'.repeat(256), '\u0000', {}),
            role: fc.constantFrom('user', 'trusted', null, '', '#'),
            extra: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), anything)),
          },
          { requiredKeys: [] },
        );
        const reasons = new Set([
          'wamp.error.authentication_failed',
          'wamp.error.no_such_realm',
          'wamp.error.no_such_principal',
          'wamp.error.no_such_role',
        ]);
        await fc.assert(
          fc.asyncProperty(fc.oneof(anything, identity, plausible), fc.boolean(), async (said, proves) => {
            const fixture = fixtureWith(() => (proves && isDict(said) ? granting(said) : said));
            const outcome = await fixture.decide(hello, proof.answer);
            nothingLeft(fixture);
            if (outcome.kind === 'deny') {
              assert.ok(reasons.has(outcome.reason), outcome.reason);
              assert.equal(typeof outcome.message, 'string');
              return;
            }
            assert.notEqual(outcome.authrole, 'trusted');
            for (const name of [outcome.realm, outcome.authid, outcome.authrole]) assert.ok(name.length > 0);
          }),
          { numRuns: 300 },
        );
      });
    });
  }
}
