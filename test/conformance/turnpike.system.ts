/**
 * All scenarios against our own router: over each transport and with each serializer, but not over each with each.
 * `CONFORMANCE=all` in the environment tries the whole product.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TriedSerializer } from '../../src/conformance/tried-connection.ts';
import { routerRoles } from '../../src/wamp/features.ts';
import {
  type ConformanceRouter,
  conformanceOf,
  everyListener,
  type Listener,
  SCENARIOS,
  serializersOn,
} from './conformance-fixture.ts';
import { DEVIATIONS } from './deviations.ts';

let router: ConformanceRouter;
before(async () => {
  router = await everyListener();
});
after(() => router.close());

const LISTENERS: readonly Listener[] = [
  'WebSocket',
  'RawSocket',
  'long-poll',
  'WebSocket on a unix socket',
  'RawSocket on a unix socket',
];

/** Each transport and each serializer at least once; the plain serializers over WebSocket, where most clients are. */
const COVERING: readonly (readonly [Listener, TriedSerializer])[] = [
  ['WebSocket', 'json'],
  ['WebSocket', 'msgpack'],
  ['WebSocket', 'cbor'],
  ['WebSocket', 'ubjson'],
  ['WebSocket', 'ubjson12'],
  ['WebSocket', 'json.batched'],
  ['WebSocket', 'cbor.batched'],
  ['RawSocket', 'json'],
  ['RawSocket', 'msgpack'],
  ['long-poll', 'json'],
  ['long-poll', 'cbor'],
  ['long-poll', 'msgpack.batched'],
  ['WebSocket on a unix socket', 'ubjson.batched'],
  ['WebSocket on a unix socket', 'ubjson12.batched'],
  ['RawSocket on a unix socket', 'cbor'],
];

const PAIRS =
  process.env['CONFORMANCE'] === 'all'
    ? LISTENERS.flatMap((listener) => serializersOn(listener).map((name) => [listener, name] as const))
    : COVERING;

function urlOf(listener: Listener, serializer: TriedSerializer): string {
  return router.urls[listener][serializer.startsWith('ubjson12') ? 'ubjson12' : 'usual'];
}

describe('our router keeps the specification', () => {
  for (const [listener, serializer] of PAIRS) {
    it(`over ${listener} with ${serializer}`, async () => {
      // What is known to deviate is tried once, below.
      const scenarios = SCENARIOS.filter(({ id }) => !DEVIATIONS.has(id));
      const outcomes = await conformanceOf(urlOf(listener, serializer), serializer, scenarios);
      const failed = outcomes.filter(({ verdict }) => verdict === 'failed');
      assert.deepEqual(
        failed.map(({ scenario, text }) => `${scenario.id}: ${scenario.clause.says}: ${text}`),
        [],
      );
      assert.ok(outcomes.filter(({ verdict }) => verdict === 'passed').length > 200);
    });
  }

  it('on each transport, with each serializer', () => {
    assert.deepEqual(new Set(PAIRS.map(([listener]) => listener)), new Set(LISTENERS));
    assert.deepEqual(new Set(PAIRS.map(([, serializer]) => serializer)), new Set(serializersOn('WebSocket')));
  });

  it('but for what is listed: nothing on the list passes', async () => {
    const scenarios = SCENARIOS.filter(({ id }) => DEVIATIONS.has(id));
    assert.equal(scenarios.length, DEVIATIONS.size);
    const outcomes = await conformanceOf(urlOf('WebSocket', 'cbor'), 'cbor', scenarios, 1_000);
    assert.deepEqual(
      outcomes.filter(({ verdict }) => verdict === 'passed').map(({ scenario }) => scenario.id),
      [],
    );
  });

  it('and tries each feature that it announces', () => {
    const tried = new Set(SCENARIOS.map(({ feature }) => feature));
    for (const [role, details] of Object.entries(routerRoles({ metaApi: true, history: true, trust: true }))) {
      for (const name of Object.keys((details as { features: object }).features)) {
        // What Crossbar.io calls so has no place in the specification: test/interop tries it.
        if (['payload_transparency', 'payload_encryption_cryptobox'].includes(name)) continue;
        assert.ok(tried.has(`${role}.${name}`), `${role}.${name}`);
      }
    }
  });
});
