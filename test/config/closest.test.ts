import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closest } from '../../src/config/closest.ts';

describe('closest', () => {
  const rows: readonly (readonly [given: string, words: readonly string[], meant: string | null])[] = [
    ['relms', ['roles', 'realms', 'type'], 'realms'],
    ['authenticator_realm', ['authenticator', 'authenticator-realm'], 'authenticator-realm'],
    ['maxMessageSize', ['max_message_size', 'max_frame_size'], 'max_message_size'],
    ['Type', ['type'], 'type'],
    ['typ', ['type'], 'type'],
    ['foo', ['type', 'realms'], null],
    ['a', ['b'], null],
    ['ab', ['ac'], null],
    ['', ['abc'], null],
    ['x'.repeat(41), ['x'.repeat(41)], null],
    ['abc', [], null],
  ];
  for (const [given, words, meant] of rows) {
    it(`${given.slice(0, 30)} → ${meant}`, () => assert.equal(closest(given, words), meant));
  }

  it('looks at 200 words only', () => {
    const words = Array.from({ length: 200 }, () => 'nothing-near');
    assert.equal(closest('relms', [...words.slice(1), 'realms']), 'realms');
    assert.equal(closest('relms', [...words, 'realms']), null);
  });
});
