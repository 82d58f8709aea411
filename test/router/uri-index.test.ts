import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UriIndex } from '../../src/router/uri-index.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import type { Match } from '../../src/wamp/uri.ts';

interface Entry {
  readonly match: Match;
  readonly uri: string;
}

function indexOf(...entries: readonly Entry[]): UriIndex<Entry> {
  const index = new UriIndex<Entry>();
  for (const entry of entries) index.set(entry.match, entry.uri, entry);
  return index;
}

function exact(uri: string): Entry {
  return { match: 'exact', uri };
}

function prefix(uri: string): Entry {
  return { match: 'prefix', uri };
}

function wildcard(uri: string): Entry {
  return { match: 'wildcard', uri };
}

/** What the specification says, entry by entry. */
function matches({ match, uri: pattern }: Entry, uri: string): boolean {
  if (match === 'exact') return pattern === uri;
  if (match === 'prefix') return uri.startsWith(pattern);
  const [literals, components] = [pattern.split('.'), uri.split('.')];
  if (literals.length !== components.length) return false;
  return literals.every((literal, at) => components[at] !== '' && (literal === '' || literal === components[at]));
}

/** Lengths of the portions before, between and after wildcards, in components. */
function portions(pattern: string): number[] {
  const lengths = [0];
  for (const component of pattern.split('.')) {
    if (component === '') lengths.push(0);
    else lengths.push((lengths.pop() ?? 0) + 1);
  }
  return lengths;
}

function bySpecificity(one: Entry, other: Entry): number {
  const [ones, others] = [portions(one.uri), portions(other.uri)];
  for (let at = 0; at < Math.max(ones.length, others.length); at++) {
    const difference = (others[at] ?? 0) - (ones[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const component = fc.constantFrom('a', 'b', 'ab', 'abc', 'ü');
const uri = fc.array(component, { minLength: 1, maxLength: 5 }).map((components) => components.join('.'));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  uri.map(exact),
  fc.tuple(uri, fc.nat(12)).map(([text, length]) => prefix(text.slice(0, length))),
  fc
    .array(fc.oneof(component, fc.constant('')), { minLength: 1, maxLength: 5 })
    .map((components) => wildcard(components.join('.'))),
);

describe('the index of URIs', () => {
  it('finds the registration that the specification names, in its own examples', () => {
    // Its prefixes without the dot would match a1.b2.c33 too, by what it says of prefixes itself.
    const entries = [
      exact('a1.b2.c3.d4.e55'),
      prefix('a1.b2.c3.'),
      prefix('a1.b2.c3.d4.'),
      wildcard('a1.b2..d4.e5'),
      wildcard('a1.b2.c33..e5'),
      wildcard('a1.b2..d4.e5..g7'),
      wildcard('a1.b2..d4..f6.g7'),
    ];
    const index = indexOf(...entries);
    const expected: [string, number | null][] = [
      ['a1.b2.c3.d4.e55', 1],
      ['a1.b2.c3.d98.e74', 2],
      ['a1.b2.c3.d4.e325', 3],
      ['a1.b2.c55.d4.e5', 4],
      ['a1.b2.c33.d4.e5', 5],
      ['a1.b2.c88.d4.e5.f6.g7', 6],
      ['a2.b2.c2.d2.e2', null],
    ];
    for (const [called, number] of expected) {
      assert.equal(index.best(called), number === null ? undefined : entries[number - 1], called);
    }
  });

  it('agrees with an oracle that knows no index, whatever is added and removed', () => {
    const step = fc.record({ entry, remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(uri, { minLength: 1, maxLength: 10 }), (steps, uris) => {
        const index = new UriIndex<Entry>();
        const there = new Map<string, Entry>();
        for (const { entry: one, remove } of steps) {
          const key = `${one.match} ${one.uri}`;
          if (remove) {
            index.delete(one.match, one.uri);
            there.delete(key);
          } else {
            index.set(one.match, one.uri, one);
            there.set(key, one);
          }
        }
        assert.equal(index.size, there.size);
        for (const one of there.values()) assert.equal(index.get(one.match, one.uri), one);
        for (const called of uris) {
          const found = [...there.values()].filter((one) => matches(one, called));
          const exacts = found.filter(({ match }) => match === 'exact');
          const prefixes = found.filter(({ match }) => match === 'prefix');
          prefixes.sort((one, other) => one.uri.length - other.uri.length);
          const wildcards = found.filter(({ match }) => match === 'wildcard').sort(bySpecificity);
          assert.equal(index.exact(called), exacts[0]);
          assert.deepEqual(index.patterns(called), [...prefixes, ...wildcards]);
          assert.equal(index.best(called), exacts[0] ?? prefixes.at(-1) ?? wildcards[0]);
        }
        for (const one of there.values()) index.delete(one.match, one.uri);
        assert.equal(index.hasPatterns, false, 'nothing is left in any tree');
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a prefix as characters, not as components', () => {
    const index = indexOf(prefix('com.a'), prefix('com.ab.'));
    assert.equal(index.best('com.ac')?.uri, 'com.a');
    assert.equal(index.best('com.ab')?.uri, 'com.a');
    assert.equal(index.best('com.ab.c')?.uri, 'com.ab.');
    assert.equal(index.best('com'), undefined);
  });

  it('takes the empty prefix for every URI, and a wildcard of empty components for each of that many (row 86)', () => {
    const index = indexOf(prefix(''), wildcard('..'));
    assert.deepEqual(
      index.patterns('a.b.c').map(({ match }) => match),
      ['prefix', 'wildcard'],
    );
    assert.deepEqual(
      index.patterns('a.b').map(({ match }) => match),
      ['prefix'],
    );
    assert.deepEqual(indexOf(wildcard('a..c')).patterns('a..c'), [], 'an empty component is no component');
  });

  it('lists what there is by policy, the oldest first', () => {
    const index = indexOf(prefix('b'), exact('b'), prefix('a'));
    assert.deepEqual(
      [...index.entries('prefix')].map((one) => one.uri),
      ['b', 'a'],
    );
    assert.deepEqual([...index.entries('exact'), ...index.entries('wildcard')].length, 1);
    assert.equal(index.hasPatterns, true);
    for (const one of [prefix('a'), prefix('b'), prefix('b')]) index.delete(one.match, one.uri);
    assert.equal(index.hasPatterns, false);
    assert.equal(index.size, 1);
  });

  it('keeps names that JavaScript knows as plain data (rows 63, 109)', () => {
    const names = ['__proto__', 'constructor', 'com.__proto__.x', 'com.*', 'com.>', 'com.💡'];
    const index = indexOf(...names.flatMap((name) => [exact(name), prefix(name), wildcard(name)]));
    for (const name of names) assert.equal(index.get('wildcard', name)?.uri, name);
    assert.equal(index.best('toString'), undefined);
    assert.equal(index.best('com.anything'), undefined);
    assert.equal(index.best('com.💡x')?.match, 'prefix');
  });
});

/** Milliseconds of one look-up, the best of some rounds: other work on the machine only ever adds. */
function fastest(lookUp: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    for (let time = 0; time < 20; time++) lookUp();
    best = Math.min(best, (performance.now() - start) / 20);
  }
  return best;
}

describe('the index of URIs under load (row 102)', () => {
  it('matches against 100,000 wildcard patterns in less than a millisecond', () => {
    const index = new UriIndex<Entry>();
    for (let at = 0; at < 100_000; at++) {
      const pattern = at % 2 === 0 ? `com.app${at}..event.` : `com..device${at}.event.`;
      index.set('wildcard', pattern, wildcard(pattern));
    }
    assert(fastest(() => index.patterns('com.app500.device501.event.x')) < 1);
    assert.equal(index.patterns('com.app500.device501.event.x').length, 2);
    assert(fastest(() => index.best('com.app500.device501.other.x')) < 1);
  });

  it('matches against as many prefixes as a URI has characters in less than a millisecond, and changes the last of them in half of one', () => {
    const index = new UriIndex<Entry>();
    const long = 'x'.repeat(LIMITS.uriLength);
    for (let length = 0; length <= long.length; length++) index.set('prefix', long.slice(0, length), prefix('x'));
    assert.equal(index.patterns(long).length, long.length + 1);
    assert(fastest(() => index.patterns(long)) < 1);
    assert(fastest(() => index.best(long)) < 1);
    const renew = (): void => {
      index.delete('prefix', long);
      index.set('prefix', long, prefix('x'));
    };
    assert(fastest(renew) < 0.5);
  });

  it('matches a URI of empty and of many components without effort', () => {
    const index = new UriIndex<Entry>();
    for (let count = 1; count <= LIMITS.uriComponents; count++) {
      const pattern = '.'.repeat(count - 1);
      index.set('wildcard', pattern, wildcard(pattern));
    }
    const deep = new Array(LIMITS.uriComponents).fill('x').join('.');
    assert.equal(index.patterns(deep).length, 1);
    assert(fastest(() => index.patterns(deep)) < 1);
    assert.deepEqual(index.patterns('.'.repeat(LIMITS.uriComponents - 1)), []);
  });

  it('is empty again after a million comings and goings (row 103)', () => {
    const index = new UriIndex<Entry>();
    for (let at = 0; at < 300_000; at++) {
      const uri = `com.made.up${at}`;
      const entries = [exact(uri), prefix(uri), wildcard(`.made.up${at}`)];
      for (const one of entries) index.set(one.match, one.uri, one);
      for (const one of entries) index.delete(one.match, one.uri);
    }
    assert.equal(index.size, 0);
    assert.equal(index.hasPatterns, false, 'nothing is left in any tree');
  });
});
