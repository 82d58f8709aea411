import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FloorRatio } from '../../bench/floor-report.ts';
import { floorMissing } from '../../bench/floor-target.ts';
import { bench, SHORT } from './bench-command.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-floor-'));
});
after(() => rmSync(directory, { recursive: true }));

test('our own router beside the floor: calls and echoes, events and a fan-out', {
  skip: floorMissing() ?? false,
}, async () => {
  const file = join(directory, 'floor.json');
  const { code, stdout, stderr } = await bench(
    ...['--floor', ...SHORT, '--processes', '2', '--only', 'calls-64x1,events-1000x8', '--json', file],
  );
  assert.equal(code, 0, stderr);
  for (const of of ['calls-64x1 (turnpike)', 'echo-64x1 (floor)', 'events-1000x8 (turnpike)', 'fan-out-1000x8 (floor)'])
    assert.ok(stderr.includes(`[1/1] ${of}: `), stderr);
  assert.match(
    stdout,
    /^\| calls-64x1 \| 2 of echo-64x1 \| [\d.]+ \| [\d.]+ \| (\*\*)?[\d.]+ ×(\*\*)? \| 1\.20 × \|$/m,
  );
  const { floor, results } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly floor: readonly FloorRatio[];
    readonly results: readonly { readonly failure: string | null }[];
  };
  assert.deepEqual(
    results.map(({ failure }) => failure),
    [null, null, null, null],
  );
  assert.deepEqual(
    floor.map(({ scenario, budget }) => [scenario, budget]),
    [
      ['calls-64x1', 1.2],
      ['events-1000x8', 2],
    ],
  );
  for (const { scenario, ownCpu, floorCpu, ratio } of floor) {
    assert.ok(ownCpu !== null && floorCpu !== null && ownCpu > 0.1 && floorCpu > 0.1, scenario);
    assert.equal(ratio, ownCpu / floorCpu);
  }
});
