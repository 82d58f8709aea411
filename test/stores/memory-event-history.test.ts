import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../src/stores/fifo.ts';
import { MemoryEventHistory } from '../../src/stores/memory-event-history.ts';
import { pastEvent, publicationsOf } from './past-events.ts';

describe('event history in memory', () => {
  it('keeps the newest of each topic, in the order in which they came', () => {
    const { logs } = new MemoryEventHistory([
      { uri: 'com.a', match: 'exact', limit: 3 },
      { uri: 'com.', match: 'prefix', limit: 2 },
    ]);
    for (let publication = 1; publication <= 5; publication++) {
      for (const log of logs) log.append(pastEvent({ publication }), false);
    }
    assert.deepEqual(
      logs.map((log) => publicationsOf(log)),
      [
        [3, 4, 5],
        [4, 5],
      ],
    );
    assert.deepEqual(
      logs.map((log) => publicationsOf(log, true)),
      [
        [5, 4, 3],
        [5, 4],
      ],
    );
  });

  it('keeps a bounded number of bytes in all: the topic that holds most loses its oldest', () => {
    const { logs } = new MemoryEventHistory(
      [
        { uri: 'com.flooded', match: 'exact', limit: 100_000 },
        { uri: 'com.quiet', match: 'exact', limit: 100_000 },
      ],
      100_000,
    );
    const [flooded, quiet] = logs;
    quiet?.append(pastEvent({ publication: 1 }), false);
    for (let publication = 1; publication <= 1_000; publication++) {
      flooded?.append(pastEvent({ publication, text: 'x'.repeat(1_000) }), false);
    }
    assert.deepEqual(publicationsOf(quiet), [1]);
    const kept = publicationsOf(flooded);
    assert.ok(kept.length > 50 && kept.length < 100, `${kept.length} events`);
    assert.equal(kept.at(-1), 1_000);
  });

  it('does not keep what is larger than all that it may keep', () => {
    const { logs } = new MemoryEventHistory([{ uri: 'com.a', match: 'exact', limit: 10 }], 1_000);
    logs[0]?.append(pastEvent({ publication: 1, text: 'x'.repeat(2_000) }), false);
    assert.deepEqual(publicationsOf(logs[0]), []);
    logs[0]?.append(pastEvent({ publication: 2 }), false);
    assert.deepEqual(publicationsOf(logs[0]), [2]);
  });
});

describe('first in, first out', () => {
  it('is as a list is', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat()), { maxLength: 300 }), (steps) => {
        const [fifo, list] = [new Fifo<number>(), [] as number[]];
        for (const step of steps) {
          if (step === null) assert.equal(fifo.shift(), list.shift());
          else {
            fifo.push(step);
            list.push(step);
          }
        }
        assert.equal(fifo.size, list.length);
        assert.deepEqual([...fifo.values(false)], list);
        assert.deepEqual([...fifo.values(true)], list.toReversed());
      }),
    );
  });
});
