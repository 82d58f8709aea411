import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { saslprep } from '../../src/wamp/saslprep.ts';

describe('saslprep', () => {
  it('prepares the examples of RFC 4013, 3', () => {
    assert.equal(saslprep('I\u00adX'), 'IX');
    assert.equal(saslprep('user'), 'user');
    assert.equal(saslprep('USER'), 'USER');
    assert.equal(saslprep('\u00aa'), 'a');
    assert.equal(saslprep('\u2168'), 'IX');
    assert.equal(saslprep('\u0007'), null);
  });

  it('makes spaces of spaces, and drops what is nothing', () => {
    assert.equal(saslprep('a\u00a0b\u3000c'), 'a b c');
    assert.equal(saslprep('a\u200bb\ufe0f\u034f\u180b\ufeff'), 'ab');
    assert.equal(saslprep('jo\u0308 😀'), 'jö 😀');
  });

  it('refuses what is prohibited, and what comes to nothing', () => {
    const prohibited = [
      '\u0000',
      '\u007f',
      '\u0085',
      '\ud800',
      '\ue000',
      '\ufffe',
      '\u{1ffff}',
      '\u200e',
      '\u202e',
      '\u2028',
      '\u2ff0',
      '\ufffd',
      '\u{1d173}',
      '\u{e0001}',
      '\u{e0041}',
      '\u06dd',
    ];
    for (const character of prohibited) assert.equal(saslprep(`a${character}b`), null, JSON.stringify(character));
    for (const nothing of ['', '\u00ad', '\u200b\u2060']) assert.equal(saslprep(nothing), null);
  });
});
