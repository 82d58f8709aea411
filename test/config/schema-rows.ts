import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeWith, problemsOf, WEBSOCKET_PATH } from './example-node.ts';

export type Row = readonly [path: readonly (string | number)[], value: unknown, problem: string];

export const OPTIONS = [...WEBSOCKET_PATH, 'options'];
export const W = 'workers[0]';
export const WS = `${W}.transports[0].paths.ws`;
export const PROCEDURE = 'a procedure (a URI of a-z, 0-9 and _ in components separated by dots)';

/** Each row, put into a good configuration, is told of by its problem, once. */
export function saysEach(rows: readonly Row[]): void {
  for (const [path, value, problem] of rows) {
    it(`says: ${problem}`, () => {
      const lines = problemsOf(nodeWith([path, value]));
      const told = lines.filter((line) => line === problem || (problem.endsWith(',') && line.startsWith(problem)));
      assert.equal(told.length, 1, lines.join('\n'));
    });
  }
}
