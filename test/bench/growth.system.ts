import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrownRouter } from '../../bench/grown-router.ts';

test('a router over sockets is filled, and all calls and events of a round come where they should', async () => {
  const cores = { routerCores: null, loadCores: null };
  const router = await GrownRouter.start({ realms: 2, sessions: 20, entries: 25 }, cores);
  try {
    for (const traffic of ['calls', 'events'] as const) {
      const cost = await router.cost(traffic, 2_000);
      if (process.platform === 'linux') assert.ok(cost !== null && cost > 100 && cost < 1e9, `${traffic}: ${cost} ns`);
    }
  } finally {
    await router.stop();
  }
});
