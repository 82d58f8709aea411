import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InvocationDetails } from '../../src/client/invocation.ts';
import type { CallHandler, RegisterOptions, Registration } from '../../src/client/registrations.ts';
import { Result } from '../../src/client/result.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { settle } from '../support/scripted-peer.ts';
import { type Joined, joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

/** A session that has registered `com.example.p` as 500. */
async function registered(
  handler: CallHandler,
  options?: RegisterOptions,
): Promise<Joined & { registration: Registration }> {
  const made = await joined();
  const registering = made.session.register('com.example.p', handler, options);
  const [request] = await made.router.expect('REGISTER');
  made.router.send([65, request, 500]);
  return { ...made, registration: await registering };
}

describe('registering', () => {
  it('resolves to the registration', async () => {
    const { session, router } = await joined();
    const registering = session.register('com.example.', () => 1, {
      match: 'prefix',
      invoke: 'roundrobin',
      concurrency: 4,
      forceReregister: true,
      rawOptions: { x_own: 1 },
    });
    assert.deepEqual(await router.expect('REGISTER'), [
      1,
      { x_own: 1, match: 'prefix', invoke: 'roundrobin', concurrency: 4, force_reregister: true },
      'com.example.',
    ]);
    router.send([65, 1, 500]);
    const registration = await registering;
    assert.equal(registration.id, 500);
    assert.equal(registration.procedure, 'com.example.');
    assert.equal(registration.active, true);
    assert.equal(session.load.registrations, 1);
  });

  it('rejects with the ERROR', async () => {
    const { session, router } = await joined();
    const registering = session.register('com.example.p', () => 1);
    assert.deepEqual(await router.expect('REGISTER'), [1, {}, 'com.example.p']);
    router.send([8, 64, 1, {}, 'wamp.error.procedure_already_exists', ['taken']]);
    await assert.rejects(registering, wampError('wamp.error.procedure_already_exists', 'taken'));
    assert.deepEqual(session.load, { calls: 0, requests: 0, invocations: 0, registrations: 0, subscriptions: 0 });
  });

  it('answers a call that comes in the same write as REGISTERED', async () => {
    const { session, router } = await joined();
    const registering = session.register('com.example.p', () => 'at once');
    await router.expect('REGISTER');
    router.send([65, 1, 500], [68, 1, 500, {}]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['at once']]);
    await registering;
  });

  it('unregisters; calls before UNREGISTERED still get their answer', async () => {
    const { session, router, registration } = await registered(() => 'still here');
    const unregistering = registration.unregister();
    const [request, id] = await router.expect('UNREGISTER');
    assert.equal(id, 500);
    router.send([68, 1, 500, {}], [67, request]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['still here']]);
    await unregistering;
    assert.equal(registration.active, false);
    assert.equal(session.load.registrations, 0);
    await registration.unregister();
    await settle();
    assert.equal(router.unread, 0);
  });

  it('is over where the router says there is no such registration', async () => {
    const { router, registration } = await registered(() => 1);
    const unregistering = registration.unregister();
    const [request] = await router.expect('UNREGISTER');
    router.send([8, 66, request, {}, 'wamp.error.no_such_registration']);
    await unregistering;
    assert.equal(registration.active, false);
  });

  it('stays where UNREGISTER fails otherwise', async () => {
    const { router, registration } = await registered(() => 1);
    const unregistering = registration.unregister();
    const [request] = await router.expect('UNREGISTER');
    router.send([8, 66, request, {}, 'wamp.error.not_authorized']);
    await assert.rejects(unregistering, wampError('wamp.error.not_authorized'));
    assert.equal(registration.active, true);
  });

  it('learns that the router revoked it', async () => {
    const { session, router, registration } = await registered(() => 1);
    router.send([67, 0, { registration: 500, reason: 'wamp.error.unregistered' }]);
    await settle();
    assert.equal(registration.active, false);
    assert.equal(session.load.registrations, 0);
    await registration.unregister();
    await settle();
    assert.equal(router.unread, 0);
  });
});

describe('answering calls', () => {
  it('gives the handler arguments and details', async () => {
    let seen: { args: unknown[]; kwargs: unknown; details: InvocationDetails } | undefined;
    const { router } = await registered((args, kwargs, details) => {
      seen = { args, kwargs: { ...kwargs }, details };
    });
    const raw = { caller: 9, caller_authid: 'eve', caller_authrole: 'user', procedure: 'com.example.p.q', x: 1 };
    router.send([68, 1, 500, raw, [1, 'two'], { three: 3 }]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}]);
    assert(seen);
    assert.deepEqual(seen.args, [1, 'two']);
    assert.deepEqual(seen.kwargs, { three: 3 });
    assert.equal(seen.details.procedure, 'com.example.p.q');
    assert.equal(seen.details.caller, 9);
    assert.equal(seen.details.callerAuthid, 'eve');
    assert.equal(seen.details.callerAuthrole, 'user');
    assert.equal(seen.details.raw['x'], 1);
    assert.equal(seen.details.progress, undefined);
    assert.equal(seen.details.signal.aborted, false);
  });

  it('knows nothing of a caller who is not disclosed', async () => {
    let seen: InvocationDetails | undefined;
    const { router } = await registered((_args, _kwargs, details) => {
      seen = details;
    });
    router.send([68, 1, 500, {}]);
    await router.expect('YIELD');
    assert(seen);
    assert.equal(seen.procedure, 'com.example.p');
    assert.equal(seen.caller, undefined);
    assert.equal(seen.callerAuthid, undefined);
  });

  for (const [what, value, sent] of [
    ['undefined', undefined, []],
    ['null', null, [[null]]],
    ['a value', 'x', [['x']]],
    ['a list, as one value', [1, 2], [[[1, 2]]]],
    ['a promise', Promise.resolve(5), [[5]]],
    ['a Result', new Result([1, 2], { rest: 3 }), [[1, 2], { rest: 3 }]],
    ['a promise of a Result', Promise.resolve(new Result([], { only: 1 })), [[], { only: 1 }]],
    ['an empty Result', new Result(), []],
  ] as const) {
    it(`answers with ${what}`, async () => {
      const { session, router } = await registered(() => value);
      router.send([68, 1, 500, {}]);
      assert.deepEqual(await router.expect('YIELD'), [1, {}, ...sent]);
      assert.equal(session.load.invocations, 0);
    });
  }

  for (const [how, fail] of [
    [
      'throws',
      (error: unknown): never => {
        throw error;
      },
    ],
    ['rejects with', (error: unknown): Promise<never> => Promise.reject(error)],
  ] as const) {
    it(`passes on a WampError that the handler ${how}`, async () => {
      const { session, router, reported } = await registered(() =>
        fail(new WampError('com.example.invalid_ticket', ['no', 1], { hint: 'x' })),
      );
      router.send([68, 1, 500, {}]);
      const error = await router.expect('ERROR');
      assert.deepEqual(error, [68, 1, {}, 'com.example.invalid_ticket', ['no', 1], { hint: 'x' }]);
      assert.equal(reported.length, 0);
      assert.equal(session.load.invocations, 0);
    });

    it(`makes a runtime error of anything else that the handler ${how}, and reports it`, async () => {
      const thrown = new TypeError('x is not a function');
      const { router, reported } = await registered(() => fail(thrown));
      router.send([68, 1, 500, {}]);
      assert.deepEqual(await router.expect('ERROR'), [68, 1, {}, 'wamp.error.runtime_error', ['x is not a function']]);
      assert.deepEqual(reported, [{ error: thrown, where: 'procedure com.example.p' }]);
    });
  }

  it('makes a runtime error of a WampError whose URI is none, and of what is no error', async () => {
    const none = new WampError(undefined as unknown as string, ['no URI']);
    const failures: unknown[] = [new WampError('not a uri', ['text']), 'a string', Object.create(null), none];
    const { router } = await registered(() => {
      throw failures.shift();
    });
    router.send([68, 1, 500, {}], [68, 2, 500, {}], [68, 3, 500, {}], [68, 4, 500, {}]);
    assert.deepEqual(await router.expect('ERROR'), [68, 1, {}, 'wamp.error.runtime_error', ['text']]);
    assert.deepEqual(await router.expect('ERROR'), [68, 2, {}, 'wamp.error.runtime_error', ['a string']]);
    assert.deepEqual(await router.expect('ERROR'), [68, 3, {}, 'wamp.error.runtime_error', ['the procedure failed']]);
    assert.deepEqual(await router.expect('ERROR'), [68, 4, {}, 'wamp.error.runtime_error', ['no URI']]);
  });

  it('answers, too, where the result or the error cannot be serialized', async () => {
    const { session, router, reported } = await registered(([what]) => {
      if (what === 'result') return () => 1;
      throw new WampError('com.example.e', [() => 1]);
    });
    router.send([68, 1, 500, {}, ['result']], [68, 2, 500, {}, ['error']]);
    assert.deepEqual(await router.expect('ERROR'), [
      68,
      1,
      {},
      'wamp.error.runtime_error',
      ['the result cannot be serialized'],
    ]);
    assert.deepEqual(await router.expect('ERROR'), [68, 2, {}, 'com.example.e']);
    assert.deepEqual(
      reported.map(({ where }) => where),
      ['result of com.example.p', 'arguments of the error com.example.e'],
    );
    assert.equal(session.load.invocations, 0);
  });

  it('sends progressive results where they are asked for, none after the last', async () => {
    let late: InvocationDetails['progress'];
    const { router } = await registered((_args, _kwargs, { progress }) => {
      late = progress;
      progress?.([1], { of: 2 });
      progress?.();
      return 'done';
    });
    router.send([68, 1, 500, { receive_progress: true }]);
    assert.deepEqual(await router.expect('YIELD'), [1, { progress: true }, [1], { of: 2 }]);
    assert.deepEqual(await router.expect('YIELD'), [1, { progress: true }]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['done']]);
    late?.([3]);
    await settle();
    assert.equal(router.unread, 0);
  });

  it('makes an error of progress that cannot be serialized', async () => {
    const { router } = await registered((_args, _kwargs, { progress }) => progress?.([() => 1]));
    router.send([68, 1, 500, { receive_progress: true }]);
    assert.equal((await router.expect('ERROR'))[3], 'wamp.error.invalid_argument');
  });

  it('runs calls side by side', async () => {
    const finish = new Map<unknown, () => void>();
    const { session, router } = await registered(([n]) => new Promise((resolve) => finish.set(n, () => resolve(n))));
    router.send([68, 1, 500, {}, ['a']], [68, 2, 500, {}, ['b']], [68, 3, 500, {}, ['c']]);
    await settle();
    assert.equal(session.load.invocations, 3);
    for (const n of ['b', 'c', 'a']) finish.get(n)?.();
    assert.deepEqual(await router.expect('YIELD'), [2, {}, ['b']]);
    assert.deepEqual(await router.expect('YIELD'), [3, {}, ['c']]);
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['a']]);
    assert.equal(session.load.invocations, 0);
  });

  it('bounds the calls that run', async () => {
    const { session, router } = await joined({ maxInFlight: 1 });
    const registering = session.register('com.example.p', () => new Promise(() => {}));
    await router.expect('REGISTER');
    router.send([65, 1, 500], [68, 1, 500, {}], [68, 2, 500, {}]);
    const [, request, , uri] = await router.expect('ERROR');
    assert.equal(request, 2);
    assert.equal(uri, 'crossbar.error.max_concurrency_reached');
    await registering;
  });

  it('refuses a call to a registration that it does not hold', async () => {
    const { session, router } = await joined();
    router.send([68, 1, 999, {}]);
    assert.equal((await router.expect('ERROR'))[3], 'wamp.error.no_such_registration');
    assert.equal(session.open, true);
  });

  it('takes a request id in use for a violation', async () => {
    const { session, router } = await registered(() => new Promise(() => {}));
    router.send([68, 1, 500, {}], [68, 1, 500, {}]);
    assert.equal((await router.expect('ABORT'))[1], 'wamp.error.protocol_violation');
    assert.equal((await session.closed).reason, 'wamp.error.protocol_violation');
  });
});

describe('interrupted calls', () => {
  for (const [how, handler] of [
    [
      'rejects with the reason of its signal',
      (signal: AbortSignal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ],
    [
      'rejects with an AbortError',
      (signal: AbortSignal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
        ),
    ],
  ] as const) {
    it(`answer "canceled" with "kill" where the handler ${how}`, async () => {
      const { session, router, reported } = await registered((_args, _kwargs, { signal }) => handler(signal));
      router.send([68, 1, 500, {}]);
      await settle();
      router.send([69, 1, { mode: 'kill' }]);
      assert.deepEqual(await router.expect('ERROR'), [68, 1, {}, 'wamp.error.canceled', ['the call was cancelled']]);
      assert.equal(reported.length, 0);
      assert.equal(session.load.invocations, 0);
    });

    for (const options of [{ mode: 'killnowait' }, {}]) {
      it(`answer nothing with ${JSON.stringify(options)} where the handler ${how}`, async () => {
        const { session, router, reported } = await registered((_args, _kwargs, { signal }) => handler(signal));
        router.send([68, 1, 500, {}]);
        await settle();
        router.send([69, 1, options]);
        await settle();
        assert.equal(router.unread, 0);
        assert.equal(reported.length, 0);
        assert.equal(session.load.invocations, 0);
      });
    }
  }

  it('have an aborted signal where it is asked for only later', async () => {
    let seen: InvocationDetails | undefined;
    const { router } = await registered((_args, _kwargs, details) => {
      seen = details;
      return new Promise(() => {});
    });
    router.send([68, 1, 500, {}], [69, 1, {}]);
    await settle();
    assert.equal(seen?.signal.aborted, true);
  });

  it('with "kill" may still give their result, and report their failures', async () => {
    let finish: (value: unknown) => void = () => {};
    const { router } = await registered(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    router.send([68, 1, 500, {}], [69, 1, { mode: 'kill' }]);
    await settle();
    finish('anyway');
    assert.deepEqual(await router.expect('YIELD'), [1, {}, ['anyway']]);
  });

  it('are late where the call is finished', async () => {
    const { session, router } = await registered(() => 1);
    router.send([68, 1, 500, {}], [69, 1, { mode: 'kill' }], [69, 99, {}]);
    await router.expect('YIELD');
    await settle();
    assert.equal(router.unread, 0);
    assert.equal(session.open, true);
  });
});
