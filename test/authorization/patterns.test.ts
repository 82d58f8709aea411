/** SUBSCRIBE and REGISTER of patterns: never wider than what is permitted (row 88). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PeerInfo } from '../../src/authorization/authorizer.ts';
import { type Permission, StaticPermissions } from '../../src/authorization/permissions.ts';
import type { Match } from '../../src/wamp/uri.ts';

const NOBODY = {} as PeerInfo;

interface Entry {
  readonly uri: string;
  readonly match: Match;
  readonly allow: boolean;
}

function compile(entries: readonly Entry[]): StaticPermissions {
  return new StaticPermissions(
    entries.map(({ uri, match, allow }): Permission => {
      const allowed = { call: false, register: allow, publish: false, subscribe: allow };
      return { uri, match, allow: allowed, disclose: { caller: false, publisher: false } };
    }),
  );
}

function maySubscribe(entries: readonly Entry[], uri: string, match: Match): boolean {
  return compile(entries).authorize(NOBODY, 'subscribe', uri, { match }).allow;
}

function allow(uri: string, match: Match): Entry {
  return { uri, match, allow: true };
}

function deny(uri: string, match: Match): Entry {
  return { uri, match, allow: false };
}

describe('a pattern is allowed', () => {
  it('where one entry covers all of it', () => {
    const entries = [allow('com.app.user1.', 'prefix')];
    assert.equal(maySubscribe(entries, 'com.app.user1.', 'prefix'), true);
    assert.equal(maySubscribe(entries, 'com.app.user1.inbox', 'prefix'), true);
    assert.equal(maySubscribe(entries, 'com.app.user1.', 'wildcard'), true);
    assert.equal(maySubscribe(entries, 'com.app.user1..x', 'wildcard'), true);
    assert.equal(maySubscribe([allow('', 'prefix')], '', 'prefix'), true);
    assert.equal(maySubscribe([allow('com..x', 'wildcard')], 'com..x', 'wildcard'), true);
    assert.equal(maySubscribe([allow('com..', 'wildcard')], 'com.a.', 'wildcard'), true);
  });

  it('and not where it is wider than the entry', () => {
    const entries = [allow('com.app.user1.', 'prefix')];
    for (const wider of ['com.app.user1', 'com.app', 'com.', '']) {
      assert.equal(maySubscribe(entries, wider, 'prefix'), false, wider);
    }
    for (const wider of ['com.app..', 'com..user1.x', '..']) {
      assert.equal(maySubscribe(entries, wider, 'wildcard'), false, wider);
    }
    assert.equal(maySubscribe([allow('com.a', 'exact')], 'com.a', 'prefix'), false);
    assert.equal(maySubscribe([allow('com..', 'wildcard')], 'com.', 'prefix'), false);
  });

  it('and not where a more specific entry denies a part of it', () => {
    const all = allow('com.', 'prefix');
    for (const entry of [
      deny('com.app.secret', 'exact'),
      deny('com.app.secret.', 'prefix'),
      deny('com.app.s', 'prefix'),
      deny('.app.secret', 'wildcard'),
    ]) {
      assert.equal(maySubscribe([all, entry], 'com.app.', 'prefix'), false, entry.uri);
      assert.equal(maySubscribe([all, entry], 'com.other.', 'prefix'), true, entry.uri);
    }
    assert.equal(maySubscribe([all, deny('com.app.secret', 'exact')], 'com..secret', 'wildcard'), false);
    assert.equal(maySubscribe([all, deny('com.app.secret', 'exact')], 'com..public', 'wildcard'), true);
  });

  it('where what denies a part of it is overruled there', () => {
    const entries = [allow('', 'prefix'), deny('..x', 'wildcard'), allow('com..x', 'wildcard')];
    assert.equal(maySubscribe(entries, 'com.', 'prefix'), true);
    assert.equal(maySubscribe(entries, 'com..', 'wildcard'), true);
    assert.equal(maySubscribe(entries, 'org.', 'prefix'), false);
  });

  it('for calls and publications there are no patterns, whatever the options say', () => {
    const permissions = new StaticPermissions([
      {
        uri: 'com.a',
        match: 'exact',
        allow: { call: true, register: false, publish: true, subscribe: false },
        disclose: { caller: false, publisher: false },
      },
    ]);
    assert.equal(permissions.authorize(NOBODY, 'publish', 'com.a', { match: 'prefix' }).allow, true);
  });

  it('with a reason: the URI that is not allowed, and the entry that says so', () => {
    const permissions = compile([allow('com.', 'prefix'), deny('com.a.secret', 'exact'), deny('com.b', 'prefix')]);
    assert.deepEqual(permissions.explain('subscribe', 'com.a.', 'prefix'), {
      authorization: { allow: false, disclose: false },
      permission: 1,
      uri: 'com.a.secret',
    });
    assert.deepEqual(permissions.explain('subscribe', 'com.', 'wildcard').uri, 'com.b…');
    assert.equal(permissions.explain('subscribe', 'org.', 'prefix').permission, null);
    assert.equal(permissions.explain('subscribe', 'com.c.', 'prefix').permission, 0);
  });
});

/** Every URI that entries of these components can tell apart: `z` is what they do not name. */
const COMPONENTS = ['a', 'b', 'ab', 'z', 'az', 'bz', 'abz'];
const LONGER = (uris: readonly string[]): string[] =>
  uris.flatMap((uri) => COMPONENTS.map((component) => `${uri}.${component}`));
const TWO = LONGER(COMPONENTS);
const THREE = LONGER(TWO);
const UNIVERSE = [...COMPONENTS, ...TWO, ...THREE, ...THREE.map((uri) => `${uri}.z`)];

function matches(uri: string, pattern: string, match: Match): boolean {
  if (match === 'exact') return uri === pattern;
  if (match === 'prefix') return uri.startsWith(pattern);
  const parts = pattern.split('.');
  const components = uri.split('.');
  return parts.length === components.length && parts.every((part, at) => part === '' || part === components[at]);
}

/** Most important first: exact, wildcards by their first difference, prefixes by length. */
function rank({ uri, match }: Entry): string {
  if (match === 'exact') return '2';
  if (match === 'prefix') return `0${String(uri.length).padStart(3, '0')}`;
  return `1${uri
    .split('.')
    .map((part) => (part === '' ? '0' : '1'))
    .join('')}`;
}

const NAMES = ['a', 'b', 'ab', ''];
const PATTERNS = NAMES.flatMap((one) => [
  one,
  ...NAMES.flatMap((two) => [`${one}.${two}`, ...NAMES.map((three) => `${one}.${two}.${three}`)]),
]);
const ASKED = PATTERNS.flatMap((uri) => {
  const isPrefix = uri.split('.').every((part, at, all) => part !== '' || at === all.length - 1);
  const kinds: Match[] = isPrefix ? ['prefix', 'wildcard'] : ['wildcard'];
  return kinds.map((match) => ({
    uri,
    match,
    within: UNIVERSE.flatMap((one, index) => (matches(one, uri, match) ? [index] : [])),
  }));
});

it('a pattern is allowed exactly where each of its URIs is: 400,000 cases against trying them all', () => {
  const entry = fc.record({
    uri: fc.constantFrom(...PATTERNS),
    match: fc.constantFrom<Match>('exact', 'prefix', 'wildcard'),
    allow: fc.boolean(),
  });
  const entries = fc.uniqueArray(entry, { maxLength: 8, selector: (one) => `${one.match} ${one.uri}` });
  let cases = 0;
  fc.assert(
    fc.property(entries, (given) => {
      const ordered = given.toSorted((one, other) => (rank(one) < rank(other) ? 1 : -1));
      const allowed = UNIVERSE.map((uri) => ordered.find((one) => matches(uri, one.uri, one.match))?.allow === true);
      const permissions = compile(given);
      for (const { uri, match, within } of ASKED) {
        const decided = permissions.authorize(NOBODY, 'subscribe', uri, { match }).allow;
        const expected = within.every((index) => allowed[index]);
        if (decided !== expected) assert.fail(`${match} "${uri}": ${decided}, but trying all says ${expected}`);
        cases++;
      }
    }),
    { numRuns: 4_000 },
  );
  assert.ok(cases >= 400_000, `${cases}`);
});
