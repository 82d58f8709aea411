import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseWorkerMessage } from '../../src/node/worker-message.ts';

describe('a message of a worker', () => {
  for (const message of [
    { type: 'ready', listening: ['ws://127.0.0.1:8080/ws'] },
    { type: 'failed', problems: [] },
    { type: 'pong' },
    { type: 'duplicate', id: 1, count: 7 },
    { type: 'log', level: 'warn', time: 0, text: '', fields: { a: [1] } },
  ]) {
    it(`is read: ${message.type}`, () => assert.deepEqual(parseWorkerMessage(message), message));
  }

  for (const value of [
    null,
    'ready',
    [],
    {},
    { type: 'ready' },
    { type: 'ready', listening: 'ws://' },
    { type: 'ready', listening: [1] },
    { type: 'failed', problems: [null] },
    { type: 'duplicate', id: '1', count: 7 },
    { type: 'duplicate', id: 1, count: 0 },
    { type: 'duplicate', id: 1, count: 1e6 },
    { type: 'log', level: 'fatal', time: 0, text: '', fields: {} },
    { type: 'log', level: 'info', time: 1e300, text: '', fields: {} },
    { type: 'log', level: 'info', time: Number.NaN, text: '', fields: {} },
    { type: 'log', level: 'info', time: 0, text: 1, fields: {} },
    { type: 'log', level: 'info', time: 0, text: '', fields: [] },
    { type: 'stop' },
  ]) {
    it(`is none: ${JSON.stringify(value)}`, () => assert.equal(parseWorkerMessage(value), null));
  }

  it('is read or none, whatever a component sends', () => {
    const type = fc.constantFrom('ready', 'failed', 'pong', 'duplicate', 'log');
    const fields = fc.record({
      type,
      level: fc.anything(),
      time: fc.anything(),
      text: fc.anything(),
      fields: fc.anything(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fields), (value) => {
        parseWorkerMessage(value);
      }),
      { numRuns: 500 },
    );
  });
});
