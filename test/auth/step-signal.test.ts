import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StepEnd, type StepSignal } from '../../src/auth/step-signal.ts';

/** What listeners learn of an end: by it, and by an `AbortSignal`. */
function heardOf(signal: StepSignal, abort: () => void): readonly string[] {
  const heard: string[] = [];
  const first = (): void => {
    heard.push(`first ${signal.aborted}`);
    signal.removeEventListener('abort', second);
  };
  const second = (): void => {
    heard.push('second');
  };
  const third = (): void => {
    heard.push('third');
  };
  const gone = (): void => {
    heard.push('gone');
  };
  heard.push(`before ${signal.aborted}`);
  signal.addEventListener('abort', gone);
  signal.addEventListener('abort', first);
  signal.addEventListener('abort', second);
  signal.addEventListener('abort', third);
  signal.removeEventListener('abort', gone);
  abort();
  abort();
  signal.addEventListener('abort', second);
  heard.push(`after ${signal.aborted}`);
  return heard;
}

describe('the signal of a step', () => {
  it('says what an AbortSignal says', () => {
    const end = new StepEnd();
    const control = new AbortController();
    const heard = heardOf(end, () => end.abort());
    assert.deepEqual(heard, ['before false', 'first true', 'third', 'after true']);
    assert.deepEqual(
      heardOf(control.signal, () => control.abort()),
      heard,
    );
  });
});
