import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'cborg';
import fc from 'fast-check';
import { MESSAGE_TABLE } from '../../src/wamp/message-table.ts';
import { settle } from '../support/scripted-peer.ts';
import { attempt, joined } from './joined.ts';

const id = fc.integer({ min: 0, max: 9 });
const dict = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      progress: fc.boolean(),
      receive_progress: fc.boolean(),
      mode: fc.constantFrom('kill', 'killnowait', 7),
      subscription: fc.oneof(id, fc.string()),
      registration: fc.oneof(id, fc.string()),
      procedure: fc.oneof(fc.string(), id),
      topic: fc.oneof(fc.string(), id),
      caller: fc.oneof(fc.string(), id),
      message: fc.oneof(fc.string(), id),
    },
    { requiredKeys: [] },
  ),
);
const element = {
  id,
  code: fc.constantFrom(16, 32, 34, 48, 64, 66, 68),
  dict,
  text: fc.constantFrom('com.example.a', 'wamp.error.no_such_registration', '', 'ticket'),
  realm: fc.constantFrom('realm1', null),
};
const payload = fc.oneof(fc.constant([]), fc.tuple(fc.array(fc.jsonValue())), fc.constant([[1], { k: 1 }]));

/** Messages of the table with small ids, so that they meet what is in flight; and bytes that are none. */
const message = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .constantFrom(...MESSAGE_TABLE)
      .chain((row) =>
        fc
          .tuple(fc.tuple(...row.fields.map((kind) => element[kind] as fc.Arbitrary<unknown>)), payload)
          .map(([fields, more]): Uint8Array => encode([row.code, ...fields, ...(row.payload ? more : [])])),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
);
const script = fc.array(message, { maxLength: 12 });

/** Runs `test` and fails on what it left unhandled. */
async function handled(test: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const count = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', count);
  try {
    await test();
    await settle();
  } finally {
    process.off('unhandledRejection', count);
  }
  assert.deepEqual(unhandled, []);
}

describe('a router that says anything', () => {
  it('before WELCOME leads to a session or a WampError, and leaves nothing', async () => {
    await handled(() =>
      fc.assert(
        fc.asyncProperty(script, async (messages) => {
          const { joining, router, clock, reported } = attempt({ ticket: 't' });
          await router.expect('HELLO');
          router.sendRaw(...messages);
          await settle();
          router.connection.destroy();
          const session = await joining.session.catch((error: unknown) => error as Error);
          if (session instanceof Error) assert.equal(session.name, 'WampError');
          else await session.closed;
          assert.equal(clock.pending, 0);
          assert.deepEqual(reported, []);
        }),
        { numRuns: 200 },
      ),
    );
  });

  it('after WELCOME settles everything, and leaves nothing', async () => {
    await handled(() =>
      fc.assert(
        fc.asyncProperty(script, script, async (first, second) => {
          const { session, router, clock } = await joined();
          const pending = [
            session.call('a.b', [], { timeout: 1_000, onProgress: () => {} }),
            session.register('a.c', () => 1),
            session.register('a.d', (_args, _kwargs, { signal, progress }) => {
              progress?.([1]);
              return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
            }),
            session.subscribe('a.e', () => {}),
            session.subscribe('a.e', () => {}).then((subscription) => subscription.unsubscribe()),
            session.publish('a.f', [], { acknowledge: true }),
          ];
          const settled = Promise.allSettled(pending);
          router.sendRaw(...first);
          await settle();
          if (session.open) router.sendRaw(...second);
          await settle();
          router.connection.destroy();
          const { reason } = await session.closed;
          assert.equal(typeof reason, 'string');
          await settled;
          assert.deepEqual(session.load, { calls: 0, requests: 0, invocations: 0, registrations: 0, subscriptions: 0 });
          assert.equal(clock.pending, 0);
        }),
        { numRuns: 300 },
      ),
    );
  });
});
