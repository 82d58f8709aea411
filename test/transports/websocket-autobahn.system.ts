import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AutobahnCase } from './autobahn/autobahn-case.ts';
import { CLOSING_CASES } from './autobahn/cases-closing.ts';
import { COMPRESSION_CASES } from './autobahn/cases-compression.ts';
import { FRAMING_CASES } from './autobahn/cases-framing.ts';
import { UTF8_CASES } from './autobahn/cases-utf8.ts';
import { VOLUME_CASES } from './autobahn/cases-volume.ts';
import { AUTOBAHN_OPTIONS, type RunningListener, runListener } from './websocket-harness.ts';

const CASES: readonly AutobahnCase[] = [
  ...FRAMING_CASES,
  ...UTF8_CASES,
  ...CLOSING_CASES,
  ...VOLUME_CASES,
  ...COMPRESSION_CASES,
];

/** How many cases each section of the suite has (autobahntestsuite 25.10.1). */
const COUNTS: Readonly<Record<string, number>> = {
  '1': 16,
  '2': 11,
  '3': 7,
  '4': 10,
  '5': 20,
  '6': 145,
  '7': 37,
  '9': 54,
  '10': 1,
  '12': 90,
  '13': 126,
};

/** After the Autobahn|Testsuite, case by case; `test/interop/autobahn-testsuite.ts` runs the suite itself. */
describe('WebSocket: the cases of the Autobahn|Testsuite', { timeout: 1_200_000 }, () => {
  let running: RunningListener;

  before(async () => {
    running = await runListener(AUTOBAHN_OPTIONS);
  });
  after(() => running.stop());

  test('all of them are here', () => {
    assert.equal(new Set(CASES.map(({ id }) => id)).size, CASES.length);
    for (const [section, count] of Object.entries(COUNTS)) {
      assert.equal(CASES.filter(({ id }) => id.startsWith(`${section}.`)).length, count, `section ${section}`);
    }
  });

  for (const section of Object.keys(COUNTS)) {
    describe(`section ${section}`, () => {
      for (const { id, run } of CASES.filter((each) => each.id.startsWith(`${section}.`))) {
        test(id, { timeout: 240_000 }, () => run(running.port));
      }
    });
  }
});
