import { describe, it } from 'node:test';
import fc from 'fast-check';
import { COMMANDS } from './commands.ts';
import { World } from './world.ts';

/** Who is there at first: between 3 and 6. */
const crowd = fc.array(fc.record({ authid: fc.nat(5), able: fc.boolean() }), { minLength: 3, maxLength: 6 });

describe('broker and dealer, beside a model of them', () => {
  it('answer once, keep the order, say nothing after GOODBYE, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(crowd, fc.nat(), COMMANDS, async (people, seed, commands) => {
        const world = new World(seed);
        for (const { authid, able } of people) await world.join(`user${authid}`, able, world.bench.connect());
        await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
        world.end();
      }),
      { numRuns: 5_000, includeErrorInReport: true },
    );
  });
});
