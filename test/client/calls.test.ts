import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WampError } from '../../src/wamp/errors.ts';
import type { Caller } from '../../src/wamp/roles.ts';
import { settle } from '../support/scripted-peer.ts';
import { joined } from './joined.ts';
import { wampError } from './wamp-error.ts';

describe('calling', () => {
  it('resolves to the first positional result', async () => {
    const { session, router, clock } = await joined();
    const sum = session.call('com.example.add2', [2, 3]);
    assert.deepEqual(await router.expect('CALL'), [1, {}, 'com.example.add2', [2, 3]]);
    router.send([50, 1, {}, [5, 'ignored']]);
    assert.equal(await sum, 5);
    assert.equal(session.load.calls, 0);
    assert.equal(clock.pending, 0);
  });

  it('resolves to undefined where there is no result, and to null where it is null', async () => {
    const { session, router } = await joined();
    const results = Promise.all([session.call('a.b'), session.call('a.b', []), session.call('a.b', [null])]);
    assert.deepEqual(await router.expect('CALL'), [1, {}, 'a.b']);
    assert.deepEqual(await router.expect('CALL'), [2, {}, 'a.b']);
    assert.deepEqual(await router.expect('CALL'), [3, {}, 'a.b', [null]]);
    router.send([50, 1, {}], [50, 2, {}, []], [50, 3, {}, [null]]);
    assert.deepEqual(await results, [undefined, undefined, null]);
  });

  it('sends keyword arguments and options, and gives the whole result', async () => {
    const { session, router } = await joined();
    const result = session.callFull('com.example.user', undefined, {
      kwargs: { name: 'Ada' },
      discloseMe: true,
      rawOptions: { transaction_hash: 'x' },
    });
    assert.deepEqual(await router.expect('CALL'), [
      1,
      { transaction_hash: 'x', disclose_me: true },
      'com.example.user',
      [],
      { name: 'Ada' },
    ]);
    router.send([50, 1, { callee: 3 }, [1, 2], { a: 1, __proto__: null }]);
    const { args, kwargs, details } = await result;
    assert.deepEqual(args, [1, 2]);
    assert.equal(Object.getPrototypeOf(kwargs), null);
    assert.equal(kwargs['a'], 1);
    assert.equal(details['callee'], 3);
  });

  it('rejects with URI and arguments of the ERROR', async () => {
    const { session, router } = await joined();
    const call = session.call('com.example.fail');
    await router.expect('CALL');
    router.send([8, 48, 1, {}, 'com.example.invalid_ticket', ['no', 2], { hint: 'x' }]);
    await assert.rejects(call, (error: unknown) => {
      assert(error instanceof WampError);
      assert.equal(error.uri, 'com.example.invalid_ticket');
      assert.equal(error.message, 'no');
      assert.deepEqual(error.args, ['no', 2]);
      assert.equal(error.kwargs['hint'], 'x');
      return true;
    });
    assert.equal(session.load.calls, 0);
  });

  it('keeps many calls apart, whatever the order of their answers', async () => {
    const { session, router } = await joined();
    const calls = Array.from({ length: 200 }, (_, n) => session.call('com.example.echo', [n]));
    for (let n = 0; n < 200; n++) await router.expect('CALL');
    const answers = router.received
      .filter(([code]) => code === 48)
      .map(([, request, , , args]) => [50, request, {}, args]);
    router.send(...answers.reverse().map((answer) => answer as unknown[]));
    assert.deepEqual(
      await Promise.all(calls),
      Array.from({ length: 200 }, (_, n) => n),
    );
    assert.equal(session.load.calls, 0);
  });

  it('gives progressive results in order, then the last one', async () => {
    const { session, router, reported } = await joined();
    const progress: unknown[] = [];
    const call = session.call('com.example.count', [3], {
      onProgress: (args, kwargs, details) => {
        progress.push([args, kwargs['of'], details['progress']]);
        if (args[0] === 1) throw new Error('handler');
      },
    });
    assert.deepEqual((await router.expect('CALL'))[1], { receive_progress: true });
    router.send([50, 1, { progress: true }, [1], { of: 3 }], [50, 1, { progress: true }, [2]], [50, 1, {}, ['done']]);
    assert.equal(await call, 'done');
    assert.deepEqual(progress, [
      [[1], 3, true],
      [[2], undefined, true],
    ]);
    assert.equal(reported.length, 1);
    assert.equal(reported[0]?.where, 'progress handler of the call to com.example.count');
  });

  it('drops progressive results that it did not ask for', async () => {
    const { session, router } = await joined();
    const call = session.call('com.example.count');
    await router.expect('CALL');
    router.send([50, 1, { progress: true }, [1]], [50, 1, {}, ['done']]);
    assert.equal(await call, 'done');
  });

  it('is a Caller, as authenticators and bridges need it', async () => {
    const { session, router } = await joined();
    const caller: Caller = session;
    const call = caller.call('com.example.authenticate', ['realm1', 'ada', {}], {
      signal: new AbortController().signal,
    });
    await router.expect('CALL');
    router.send([50, 1, {}, ['user']]);
    assert.equal(await call, 'user');
  });

  describe('cancelled', () => {
    it('rejects at once, tells the router, and ignores the late answer', async () => {
      const { session, router } = await joined();
      const controller = new AbortController();
      const call = session.call('com.example.slow', [], { signal: controller.signal });
      await router.expect('CALL');
      const reason = new Error('client gone');
      controller.abort(reason);
      await assert.rejects(call, (error: unknown) => {
        assert(error instanceof WampError);
        assert.equal(error.uri, 'wamp.error.canceled');
        assert.equal(error.cause, reason);
        return true;
      });
      assert.deepEqual(await router.expect('CANCEL'), [1, { mode: 'killnowait' }]);
      router.send([50, 1, {}, ['late']], [8, 48, 1, {}, 'wamp.error.canceled']);
      await settle();
      assert.equal(session.open, true);
      assert.equal(session.load.calls, 0);
    });

    it('waits for the answer with "kill"', async () => {
      const { session, router } = await joined();
      const controller = new AbortController();
      const call = session.call('com.example.slow', [], { signal: controller.signal, cancelMode: 'kill' });
      controller.abort();
      await router.expect('CALL');
      assert.deepEqual(await router.expect('CANCEL'), [1, { mode: 'kill' }]);
      assert.equal(session.load.calls, 1);
      router.send([8, 48, 1, {}, 'wamp.error.canceled', ['cleaned up']]);
      await assert.rejects(call, wampError('wamp.error.canceled', 'cleaned up'));
    });

    it('is not made where the signal was aborted before', async () => {
      const { session, router } = await joined();
      await assert.rejects(
        session.call('com.example.slow', [], { signal: AbortSignal.abort() }),
        wampError('wamp.error.canceled'),
      );
      await settle();
      assert.equal(router.unread, 0);
    });

    it('is not cancelled by a signal that aborts after the answer', async () => {
      const { session, router } = await joined();
      const controller = new AbortController();
      const call = session.call('com.example.fast', [], { signal: controller.signal });
      await router.expect('CALL');
      router.send([50, 1, {}, ['done']]);
      await call;
      controller.abort();
      await settle();
      assert.equal(router.unread, 0);
    });

    it('by its timeout', async () => {
      const { session, router, clock } = await joined();
      const call = session.call('com.example.slow', [], { timeout: 500 });
      await router.expect('CALL');
      clock.advance(500);
      await assert.rejects(call, wampError('wamp.error.canceled', 'timeout reached'));
      assert.deepEqual(await router.expect('CANCEL'), [1, { mode: 'killnowait' }]);
      assert.equal(clock.pending, 0);
    });

    it('leaves no timer after an answer in time', async () => {
      const { session, router, clock } = await joined();
      const call = session.call('com.example.fast', [], { timeout: 500 });
      assert.equal(clock.pending, 1);
      await router.expect('CALL');
      router.send([8, 48, 1, {}, 'wamp.error.no_such_procedure']);
      await assert.rejects(call, wampError('wamp.error.no_such_procedure'));
      assert.equal(clock.pending, 0);
    });
  });

  it('rejects what cannot be serialized, and sends nothing', async () => {
    const { session, router } = await joined();
    const circular: unknown[] = [];
    circular.push(circular);
    for (const options of [{ kwargs: { f: () => 1 } }, { rawOptions: { f: () => 1 } }]) {
      await assert.rejects(session.call('a.b', [], options), wampError('wamp.error.invalid_argument'));
    }
    await assert.rejects(session.call('a.b', [circular]), wampError('wamp.error.invalid_argument'));
    await settle();
    assert.equal(router.unread, 0);
    assert.equal(session.load.calls, 0);
  });

  it('bounds the calls in flight', async () => {
    const { session, router } = await joined({ maxInFlight: 2 });
    const calls = [session.call('a.b'), session.call('a.b')];
    await assert.rejects(session.call('a.b'), wampError('crossbar.error.max_concurrency_reached'));
    await router.expect('CALL');
    await router.expect('CALL');
    router.send([50, 1, {}], [50, 2, {}]);
    await Promise.all(calls);
    const more = session.call('a.b');
    await router.expect('CALL');
    router.send([50, 3, {}]);
    await more;
  });

  it('ignores answers to calls that it never made', async () => {
    const { session, router } = await joined();
    router.send([50, 77, {}, [1]], [8, 48, 77, {}, 'a.b'], [50, 77, { progress: true }]);
    await settle();
    assert.equal(session.open, true);
  });
});
