import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from '../../bench/guard-verdict.ts';

describe('the guard of the bench', () => {
  it('keeps the ratio and what a message costs in one line', () => {
    const { artifact, dropped, ratio } = judge({ message: 0.5, echo: 0.25 }, 1.9);
    assert.equal(ratio, 2);
    assert.equal(dropped, false);
    assert.equal(
      artifact,
      'artifact bench-guard {"ratio":2,"baseline":1.9,"message_cpu_us":0.5,"echo_cpu_us":0.25,"dropped":false}',
    );
  });

  it('is not troubled by a machine that is slow for both', () => {
    assert.equal(judge({ message: 5, echo: 2.5 }, 2).dropped, false);
  });

  it('tells in red of a drop by a third', () => {
    assert.equal(judge({ message: 0.74, echo: 0.25 }, 2).dropped, false);
    const { dropped, text } = judge({ message: 0.76, echo: 0.25 }, 2);
    assert.equal(dropped, true);
    assert.ok(text.startsWith('\u001b[31m') && text.endsWith('\u001b[0m'));
    assert.match(text, /slower by a third or more: a message costs 3\.04 times .* \(baseline 2\)/);
  });
});
