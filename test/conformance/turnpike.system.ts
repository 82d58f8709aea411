/** All scenarios against our own router, over each transport and serializer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { routerRoles } from '../../src/wamp/features.ts';
import type { EmbeddedRouter } from '../../src/worker/create-router.ts';
import { conformanceOf, conformanceRouter, SCENARIOS } from './conformance-fixture.ts';
import { DEVIATIONS } from './deviations.ts';

let router: EmbeddedRouter;
before(async () => {
  router = await conformanceRouter();
});
after(() => router.close());

describe('our router keeps the specification', () => {
  for (const [transport, serializer] of [
    [0, 'json'],
    [0, 'msgpack'],
    [0, 'cbor'],
    [0, 'ubjson'],
    [1, 'msgpack'],
  ] as const) {
    it(`over ${['WebSocket', 'RawSocket'][transport]} with ${serializer}`, async () => {
      // What is known to deviate is tried once, below.
      const scenarios = SCENARIOS.filter(({ id }) => !DEVIATIONS.has(id));
      const outcomes = await conformanceOf(router.addresses[transport] ?? '', serializer, scenarios);
      const failed = outcomes.filter(({ verdict }) => verdict === 'failed');
      assert.deepEqual(
        failed.map(({ scenario, text }) => `${scenario.id}: ${scenario.clause.says}: ${text}`),
        [],
      );
      assert.ok(outcomes.filter(({ verdict }) => verdict === 'passed').length > 200);
    });
  }

  it('but for what is listed: nothing on the list passes', async () => {
    const scenarios = SCENARIOS.filter(({ id }) => DEVIATIONS.has(id));
    assert.equal(scenarios.length, DEVIATIONS.size);
    const outcomes = await conformanceOf(router.addresses[0] ?? '', 'cbor', scenarios, 1_000);
    assert.deepEqual(
      outcomes.filter(({ verdict }) => verdict === 'passed').map(({ scenario }) => scenario.id),
      [],
    );
  });

  it('and tries each feature that it announces', () => {
    const tried = new Set(SCENARIOS.map(({ feature }) => feature));
    for (const [role, details] of Object.entries(routerRoles({ metaApi: true, history: true }))) {
      for (const name of Object.keys((details as { features: object }).features)) {
        // What Crossbar.io calls so has no place in the specification: test/interop tries it.
        if (['payload_transparency', 'payload_encryption_cryptobox'].includes(name)) continue;
        assert.ok(tried.has(`${role}.${name}`), `${role}.${name}`);
      }
    }
  });
});
