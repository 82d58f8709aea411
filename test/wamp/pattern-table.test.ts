import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStarredUri } from '../../src/wamp/pattern-table.ts';

describe('starred URIs', () => {
  it('are exact without a star, prefixes with one at the end, else wildcards', () => {
    assert.deepEqual(parseStarredUri('com.a'), { uri: 'com.a', match: 'exact' });
    assert.deepEqual(parseStarredUri('com.a.*'), { uri: 'com.a.', match: 'prefix' });
    assert.deepEqual(parseStarredUri('*'), { uri: '', match: 'prefix' });
    assert.deepEqual(parseStarredUri('com.*.x'), { uri: 'com..x', match: 'wildcard' });
    assert.deepEqual(parseStarredUri('com.*.x.*'), { uri: 'com..x.', match: 'wildcard' });
  });
});
