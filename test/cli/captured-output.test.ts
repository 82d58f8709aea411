import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { captureOutput } from '../../src/cli/captured-output.ts';

/** What `write` writes, in lines; nothing is awaited meanwhile, for the output of tests is the same. */
function captured(write: () => void): readonly string[] {
  const lines: string[] = [];
  const end = captureOutput(
    (line) => lines.push(line),
    () => assert.fail('the process does not end'),
  );
  try {
    write();
  } finally {
    end();
  }
  return lines;
}

describe('captured output', () => {
  it('comes in lines, of each stream for itself, and the last one without its end', () => {
    const lines = captured(() => {
      console.log('one\ntwo', { n: 1 });
      process.stdout.write('thr');
      console.error('failed');
      process.stdout.write(Buffer.from('ee\r\n\nfo'));
      process.stdout.write('dXI=', 'base64');
    });
    assert.deepEqual(lines, ['one', 'two { n: 1 }', 'failed', 'three', '', 'four']);
  });

  it('is whole characters, however they are cut', () => {
    const bytes = Buffer.from('ü€😀\n');
    assert.deepEqual(
      captured(() => {
        for (const byte of bytes) process.stderr.write(Uint8Array.of(byte));
      }),
      ['ü€😀'],
    );
  });

  it('tells of very long lines how long they are, for a cut could part a secret', () => {
    const long = 'x'.repeat(10_000);
    const lines = captured(() => {
      process.stdout.write(long);
      process.stdout.write(long);
      process.stdout.write('y\nshort\n');
    });
    assert.deepEqual(lines, ['‹a line of 20001 characters›', 'short']);
  });

  it('is written again afterwards, and those who wait for a write are told', async () => {
    const { write } = process.stdout;
    let written: Promise<void> | undefined;
    captured(() => {
      written = new Promise((resolve) => {
        process.stdout.write('x', () => resolve());
      });
    });
    await written;
    assert.equal(process.stdout.write, write);
  });
});
