import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatLine } from '../../src/node/log-format.ts';
import type { LogLine } from '../../src/node/log-line.ts';

const NOON = Date.UTC(2026, 0, 31, 12);

function line(more: Partial<LogLine> = {}): LogLine {
  const source = { kind: 'Router', pid: 1234, name: 'worker001' };
  return { level: 'info', time: NOON, source, text: 'session joined', fields: {}, ...more };
}

/** What a terminal would obey. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const ATTACKS = [
  'a\r\n2026-01-31T12:00:00+0000 info  [Router 1] forged',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  'line\u2028separator',
  'half \ud800 pair',
  'nul \0 and bell \u0007',
];

describe('a log line as text', () => {
  it('is time, level, process and text, as Crossbar writes it', () => {
    assert.match(
      formatLine(line(), 'standard', false),
      /^2026-01-31T\d\d:\d\d:00[+-]\d{4} info {2}\[Router {7}1234 worker001\] session joined$/,
    );
  });

  it('says the same moment in the zone of the machine', () => {
    const [stamp = ''] = formatLine(line(), 'standard', false).split(' ');
    assert.equal(Date.parse(stamp.replace(/(\d\d)(\d\d)$/, '$1:$2')), NOON);
  });

  it('ends with its fields, in quotes where they could be misread', () => {
    const fields = {
      realm: 'realm1',
      empty: '',
      said: 'a b',
      quoted: 'x="1"',
      count: 3,
      list: [1, 'a'],
      gone: undefined,
    };
    assert.equal(
      formatLine(line({ fields }), 'none', false),
      String.raw`session joined realm=realm1 empty="" said="a b" quoted="x=\"1\"" count=3 list=[1,"a"]`,
    );
  });

  it('leaves out the time for syslogd, and all but the text for none', () => {
    assert.equal(formatLine(line(), 'syslogd', true), '[Router       1234 worker001] session joined');
    assert.equal(formatLine(line(), 'none', true), 'session joined');
  });

  it('has no name of the controller', () => {
    const source = { kind: 'Controller', pid: 7 };
    assert.equal(formatLine(line({ source }), 'syslogd', false), '[Controller      7] session joined');
  });

  it('colours the head by process, and by level what is wrong', () => {
    const coloured = formatLine(line(), 'standard', true);
    assert.ok(coloured.startsWith('\u001b[33m2026-'));
    assert.ok(coloured.endsWith(']\u001b[0m session joined'));
    assert.ok(formatLine(line({ level: 'error' }), 'standard', true).startsWith('\u001b[31m2026-'));
    assert.doesNotMatch(formatLine(line({ level: 'error' }), 'standard', false), OBEYED);
  });

  for (const attack of ATTACKS) {
    it(`shows rather than obeys ${JSON.stringify(attack)}`, () => {
      for (const format of ['standard', 'syslogd', 'none', 'json'] as const) {
        const source = { kind: 'Router', pid: 1, name: attack };
        const written = formatLine(line({ source, text: attack, fields: { [attack]: attack } }), format, false);
        assert.doesNotMatch(written, OBEYED, format);
      }
    });
  }

  it('is one line without control characters, whatever is in it', () => {
    const anything = fc.record({
      text: fc.string({ unit: 'binary' }),
      fields: fc.dictionary(fc.string(), fc.anything()),
    });
    fc.assert(
      fc.property(anything, fc.constantFrom('standard', 'json', 'none' as const), (more, format) => {
        assert.doesNotMatch(formatLine(line(more), format, false), OBEYED);
      }),
      { numRuns: 500 },
    );
  });

  it('is cut where it is endless', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 'x'.repeat(10_000)]),
    );
    const written = formatLine(line({ text: 'y'.repeat(1e6), fields }), 'standard', false);
    assert.ok(written.length < 120_000, String(written.length));
    assert.ok(written.includes('…'));
  });
});

describe('a log line as JSON', () => {
  it('is one object', () => {
    assert.deepEqual(JSON.parse(formatLine(line({ fields: { realm: 'realm1' } }), 'json', true)), {
      time: '2026-01-31T12:00:00.000Z',
      level: 'info',
      process: 'Router',
      pid: 1234,
      worker: 'worker001',
      text: 'session joined',
      fields: { realm: 'realm1' },
    });
  });

  it('keeps text as it was, escaped as JSON does', () => {
    for (const attack of ATTACKS) {
      const parsed = JSON.parse(formatLine(line({ text: attack }), 'json', false));
      assert.equal(parsed.text, attack);
    }
  });

  it('parses, whatever the fields are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withNullPrototype: true })), (fields) => {
        JSON.parse(formatLine(line({ fields }), 'json', false));
      }),
      { numRuns: 500 },
    );
  });
});
