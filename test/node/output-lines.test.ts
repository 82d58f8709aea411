import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLines } from '../../src/node/output-lines.ts';

async function linesOf(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, 'end');
  return lines;
}

describe('the output of a process', () => {
  it('is read line by line, however it arrives', async () => {
    const text = Buffer.from('one\ntwö\r\n\n€uro\nunfinished');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => text.subarray(at[index], end));
        assert.deepEqual(await linesOf(chunks), ['one', 'twö', '€uro', 'unfinished']);
      }),
      { numRuns: 50 },
    );
  });

  it('is cut where it has no line ends', async () => {
    const lines = await linesOf([Buffer.alloc(20_000, 'x'), Buffer.from('\n')]);
    assert.deepEqual(
      lines.map(({ length }) => length),
      [8_000, 8_000, 4_000],
    );
  });
});
