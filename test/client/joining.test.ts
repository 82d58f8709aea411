import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'cborg';
import { WampError } from '../../src/wamp/errors.ts';
import { settle } from '../support/scripted-peer.ts';
import { attempt, WELCOME_DETAILS } from './joined.ts';
import { wampError } from './wamp-error.ts';

describe('joining a realm', () => {
  it('says HELLO with realm, roles and who it is', async () => {
    const { joining, router } = attempt({
      authmethods: ['ticket', 'anonymous'],
      authid: 'ada',
      authrole: 'user',
      authextra: { team: 1 },
    });
    const [realm, details] = (await router.expect('HELLO')) as [string, Record<string, unknown>];
    assert.equal(realm, 'realm1');
    const { roles, ...rest } = details;
    assert.deepEqual(rest, {
      authmethods: ['ticket', 'anonymous'],
      authid: 'ada',
      authrole: 'user',
      authextra: { team: 1 },
    });
    assert.deepEqual(Object.keys(roles as object), ['publisher', 'subscriber', 'caller', 'callee']);
    for (const { features } of Object.values(roles as Record<string, { features: object }>)) {
      assert.ok(Object.keys(features).length > 0);
      assert.ok(Object.values(features).every((value) => value === true));
    }
    router.send([2, 1, {}]);
    await joining.session;
  });

  it('becomes a session that knows what WELCOME said', async () => {
    const { joining, router, clock } = attempt();
    await router.expect('HELLO');
    router.send([2, 9007199254740992, WELCOME_DETAILS]);
    const session = await joining.session;
    assert.equal(session.id, 9007199254740992);
    assert.equal(session.realm, 'realm1');
    assert.equal(session.authid, 'ada');
    assert.equal(session.authrole, 'user');
    assert.equal(session.authmethod, 'ticket');
    assert.equal(session.authprovider, 'dynamic');
    assert.deepEqual(session.authextra['my-custom-welcome-data'], [1, 2, 3]);
    assert.equal(session.open, true);
    assert.equal(clock.pending, 0);
  });

  it('leaves the realm to the router, and learns it', async () => {
    const { joining, router } = attempt({ realm: null });
    assert.equal((await router.expect('HELLO'))[0], null);
    router.send([2, 7, { realm: 'realm-user1' }]);
    assert.equal((await joining.session).realm, 'realm-user1');
  });

  it('does not go on without a realm', async () => {
    const { joining, router } = attempt({ realm: null });
    await router.expect('HELLO');
    router.send([2, 7, {}]);
    await assert.rejects(joining.session, wampError('wamp.error.protocol_violation'));
    assert.equal((await router.expect('ABORT'))[1], 'wamp.error.protocol_violation');
  });

  it('rejects with the reason of ABORT', async () => {
    const { joining, router, clock } = attempt();
    await router.expect('HELLO');
    router.send([3, { message: 'no realm "realm1" exists on this router' }, 'wamp.error.no_such_realm']);
    await assert.rejects(
      joining.session,
      wampError('wamp.error.no_such_realm', 'no realm "realm1" exists on this router'),
    );
    await router.disconnection;
    assert.equal(clock.pending, 0);
  });

  it('rejects with the arguments of ABORT, the message first', async () => {
    const { joining, router } = attempt();
    await router.expect('HELLO');
    router.send([3, { message: 'no' }, 'com.example.no_such_user', ['eve'], { tries: 3 }]);
    await assert.rejects(joining.session, (error: unknown) => {
      assert(error instanceof WampError);
      assert.deepEqual(error.args, ['no', 'eve']);
      assert.equal(error.kwargs['tries'], 3);
      return true;
    });
  });

  describe('challenged', () => {
    it('answers with the ticket', async () => {
      const { joining, router } = attempt({ ticket: '123secret', authid: 'user1' });
      const [, details] = (await router.expect('HELLO')) as [string, Record<string, unknown>];
      assert.deepEqual(details['authmethods'], ['ticket']);
      router.send([4, 'ticket', {}]);
      assert.deepEqual(await router.expect('AUTHENTICATE'), ['123secret', {}]);
      router.send([2, 7, {}]);
      await joining.session;
    });

    it('asks onChallenge, and sends signature and extra', async () => {
      const asked: unknown[] = [];
      const { joining, router } = attempt({
        authmethods: ['wampcra'],
        onChallenge: async (method, extra) => {
          asked.push(method, extra['challenge']);
          return { signature: 'signed', extra: { nonce: 'n' } };
        },
      });
      await router.expect('HELLO');
      router.send([4, 'wampcra', { challenge: 'sign me' }]);
      assert.deepEqual(await router.expect('AUTHENTICATE'), ['signed', { nonce: 'n' }]);
      assert.deepEqual(asked, ['wampcra', 'sign me']);
      router.send([3, { message: 'wrong' }, 'wamp.error.not_authorized']);
      await assert.rejects(joining.session, wampError('wamp.error.not_authorized', 'wrong'));
    });

    it('may be challenged again after its answer', async () => {
      const { joining, router } = attempt({ onChallenge: (_method, extra) => String(extra['step']) });
      await router.expect('HELLO');
      for (const step of ['one', 'two']) {
        router.send([4, 'multi', { step }]);
        assert.deepEqual(await router.expect('AUTHENTICATE'), [step, {}]);
      }
      router.send([2, 7, {}]);
      await joining.session;
    });

    it('takes a challenge during its answer for a violation', async () => {
      const { joining, router } = attempt({ onChallenge: () => new Promise<string>(() => {}) });
      await router.expect('HELLO');
      router.send([4, 'ticket', {}], [4, 'ticket', {}]);
      await assert.rejects(joining.session, wampError('wamp.error.protocol_violation'));
      await router.expect('ABORT');
    });

    for (const [what, options] of [
      ['has no answer', {}],
      ['has only a ticket for another method', { ticket: 'secret-canary' }],
      [
        'fails to answer',
        {
          onChallenge: () => {
            throw new Error('secret-canary');
          },
        },
      ],
    ] as const) {
      it(`gives up where it ${what}, and keeps the why to itself`, async () => {
        const { joining, router, clock } = attempt(options);
        await router.expect('HELLO');
        router.send([4, 'wampcra', {}]);
        await assert.rejects(joining.session, (error: unknown) => {
          assert(error instanceof WampError);
          assert.equal(error.uri, 'wamp.error.authentication_failed');
          assert(error.cause instanceof Error);
          return true;
        });
        const abort = await router.expect('ABORT');
        assert.deepEqual(abort, [{}, 'wamp.error.authentication_failed']);
        await router.disconnection;
        assert.equal(clock.pending, 0);
      });
    }

    it('sends no answer that comes after the end', async () => {
      let answer: (signature: string) => void = () => {};
      const { joining, router } = attempt({
        onChallenge: () =>
          new Promise<string>((resolve) => {
            answer = resolve;
          }),
      });
      await router.expect('HELLO');
      router.send([4, 'ticket', {}]);
      await settle();
      router.send([3, {}, 'wamp.error.authentication_failed']);
      await assert.rejects(joining.session, wampError('wamp.error.authentication_failed'));
      answer('late');
      await settle();
      assert.equal(router.unread, 0);
    });
  });

  it('gives up after its time', async () => {
    const { joining, router, clock } = attempt({ joinTimeout: 300 });
    await router.expect('HELLO');
    clock.advance(299);
    await settle();
    assert.equal(router.unread, 0);
    clock.advance(1);
    await assert.rejects(joining.session, wampError('wamp.error.network_failure', /within 300 ms/));
    await router.expect('ABORT');
    await router.disconnection;
    assert.equal(clock.pending, 0);
  });

  it('gives up when its signal aborts', async () => {
    const controller = new AbortController();
    const { joining, router, clock } = attempt({ signal: controller.signal });
    await router.expect('HELLO');
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await assert.rejects(joining.session, (error: unknown) => {
      assert(error instanceof WampError);
      assert.equal(error.uri, 'wamp.error.canceled');
      assert.equal(error.cause, reason);
      return true;
    });
    await router.disconnection;
    assert.equal(clock.pending, 0);
  });

  it('says no HELLO where its signal was aborted before', async () => {
    const { joining, router } = attempt({ signal: AbortSignal.abort() });
    await assert.rejects(joining.session, wampError('wamp.error.canceled'));
    await router.disconnection;
    assert.deepEqual(router.received, [[3, {}, 'wamp.error.canceled']]);
  });

  it('rejects authextra that cannot be serialized', async () => {
    const { joining, router } = attempt({ authextra: { f: () => 1 } });
    await assert.rejects(joining.session, wampError('wamp.error.invalid_argument'));
    await router.disconnection;
  });

  for (const [when, script] of [
    ['after HELLO', []],
    ['after CHALLENGE', [[4, 'ticket', {}]]],
  ] as const) {
    it(`rejects where the connection is lost ${when}`, async () => {
      const { joining, router, clock } = attempt({ ticket: 't' });
      await router.expect('HELLO');
      if (script.length > 0) {
        router.send(...script);
        await router.expect('AUTHENTICATE');
      }
      router.connection.destroy();
      await assert.rejects(joining.session, wampError('wamp.error.network_failure', /before WELCOME/));
      assert.equal(clock.pending, 0);
    });
  }

  for (const [what, bytes] of [
    ['EVENT', encode([36, 1, 2, {}])],
    ['GOODBYE', encode([6, {}, 'wamp.close.normal'])],
    ['RESULT', encode([50, 1, {}])],
    ['a message of clients', encode([1, 'realm1', {}])],
    ['an unknown message', encode([99, 1])],
    ['WELCOME without an id', encode([2, 'x', {}])],
    ['no list', encode({})],
    ['half a message', encode([2, 7, {}]).subarray(0, 2)],
    ['nothing', new Uint8Array()],
  ] as const) {
    it(`takes ${what} before WELCOME for a violation`, async () => {
      const { joining, router, clock } = attempt();
      await router.expect('HELLO');
      router.sendRaw(bytes);
      await assert.rejects(joining.session, wampError('wamp.error.protocol_violation'));
      assert.equal((await router.expect('ABORT'))[1], 'wamp.error.protocol_violation');
      await router.disconnection;
      assert.equal(clock.pending, 0);
    });
  }
});
