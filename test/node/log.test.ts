import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, createLogWriter, type LogOutput } from '../../src/node/log.ts';
import type { LogLine } from '../../src/node/log-line.ts';

class Output implements LogOutput {
  readonly lines: string[] = [];
  writableLength = 0;
  fail: (error: Error) => void = () => undefined;

  write(text: string): void {
    this.lines.push(text);
  }

  on(_event: 'error', listener: (error: Error) => void): void {
    this.fail = listener;
  }
}

function setUp(threshold: 'none' | 'warn' | 'info' | 'trace' = 'trace') {
  const out = new Output();
  const err = new Output();
  const sink = createLogWriter({ threshold, format: 'none', color: false, out, err });
  return { out, err, log: createLog(sink, { kind: 'Controller', pid: 1 }, () => 0) };
}

describe('the log of a process', () => {
  it('adds the fields of its parents to each line', () => {
    const lines: LogLine[] = [];
    const log = createLog(
      (line) => lines.push(line),
      { kind: 'Router', pid: 1 },
      () => 42,
    );
    log.with({ realm: 'r', user: 'a' }).with({ user: 'b' }).warn('text', { more: 1 });
    assert.deepEqual(lines, [
      {
        level: 'warn',
        time: 42,
        source: { kind: 'Router', pid: 1 },
        text: 'text',
        fields: { realm: 'r', user: 'b', more: 1 },
      },
    ]);
  });
});

describe('the log writer', () => {
  it('sends what is wrong to standard error, the rest to standard output', () => {
    const { out, err, log } = setUp();
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');
    assert.deepEqual(
      [out.lines, err.lines],
      [
        ['d\n', 'i\n'],
        ['w\n', 'e\n'],
      ],
    );
  });

  it('lets through what the threshold says', () => {
    for (const [threshold, count] of [
      ['none', 0],
      ['warn', 2],
      ['info', 3],
      ['trace', 4],
    ] as const) {
      const { out, err, log } = setUp(threshold);
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('text');
      assert.equal(out.lines.length + err.lines.length, count, threshold);
    }
  });

  it('writes no more to an output that broke, and goes on with the other', () => {
    const { out, err, log } = setUp();
    out.fail(new Error('EPIPE'));
    log.info('lost');
    log.warn('kept');
    assert.deepEqual([out.lines, err.lines], [[], ['kept\n']]);
  });

  it('drops lines while an output is full, and says how many', () => {
    const { out, log } = setUp();
    out.writableLength = 2 ** 21;
    for (let index = 0; index < 3; index++) log.info('lost');
    out.writableLength = 0;
    log.info('back');
    log.info('again');
    assert.deepEqual(out.lines, ['log lines dropped dropped=3\n', 'back\n', 'again\n']);
  });
});
