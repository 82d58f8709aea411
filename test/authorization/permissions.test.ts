import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type PeerInfo } from '../../src/authorization/authorizer.ts';
import { type Permission, StaticPermissions, UniformPermissions } from '../../src/authorization/permissions.ts';
import { EMPTY } from '../../src/wamp/dict.ts';
import type { Match } from '../../src/wamp/uri.ts';

const PEER: PeerInfo = {
  session: 1,
  realm: 'realm1',
  authid: 'user1',
  authrole: 'user',
  authmethod: 'ticket',
  authprovider: 'static',
  authextra: null,
  transport: {},
};

const NOTHING = { call: false, register: false, publish: false, subscribe: false };

function permission(uri: string, match: Match, allow: Partial<Permission['allow']>, disclose = false): Permission {
  return { uri, match, allow: { ...NOTHING, ...allow }, disclose: { caller: disclose, publisher: disclose } };
}

function mayCall(permissions: readonly Permission[], uri: string): boolean {
  return new StaticPermissions(permissions).authorize(PEER, 'call', uri, EMPTY).allow;
}

describe('static permissions', () => {
  it('deny what no entry names', () => {
    assert.equal(mayCall([], 'com.a'), false);
    assert.equal(mayCall([permission('com.b', 'exact', { call: true })], 'com.a'), false);
  });

  it('let an exact entry decide over a wildcard, and a wildcard over a prefix', () => {
    const entries = [
      permission('com.', 'prefix', { call: true }),
      permission('com..x', 'wildcard', { call: false }),
      permission('com.a.x', 'exact', { call: true }),
    ];
    assert.equal(mayCall(entries, 'com.a.y'), true);
    assert.equal(mayCall(entries, 'com.b.x'), false);
    assert.equal(mayCall(entries, 'com.a.x'), true);
  });

  it('let the longest prefix decide, as a string and not by components', () => {
    const entries = [permission('com.a', 'prefix', { call: true }), permission('com.ab', 'prefix', { call: false })];
    assert.equal(mayCall(entries, 'com.ac'), true);
    assert.equal(mayCall(entries, 'com.abc'), false);
    assert.equal(mayCall([permission('', 'prefix', { call: true })], 'anything'), true);
  });

  it('do not let an exact entry hide a shorter prefix from other URIs (Crossbar does)', () => {
    const entries = [permission('com.a', 'exact', { call: false }), permission('com.', 'prefix', { call: true })];
    assert.equal(mayCall(entries, 'com.ab'), true);
    assert.equal(mayCall(entries, 'com.a'), false);
  });

  it('let the wildcard decide that is literal for longer, as for registrations', () => {
    const entries = [permission('com..', 'wildcard', { call: true }), permission('.a.b', 'wildcard', { call: false })];
    assert.equal(mayCall(entries, 'com.a.b'), true);
    assert.equal(mayCall(entries, 'org.a.b'), false);
  });

  it('match wildcards by number of components, at either end too', () => {
    const entries = [
      permission('com..', 'wildcard', { call: false }),
      permission('com.a.', 'wildcard', { call: true }),
      permission('.x.y', 'wildcard', { call: true }),
    ];
    assert.equal(mayCall(entries, 'com.a.z'), true);
    assert.equal(mayCall(entries, 'com.b.z'), false);
    assert.equal(mayCall(entries, 'org.x.y'), true);
    assert.equal(mayCall(entries, 'org.x.y.z'), false);
    assert.equal(mayCall([permission('com..x', 'wildcard', { call: true })], 'com..x'), false);
  });

  it('keep wildcards of one begin apart, whose literals are of any characters (Crossbar does not)', () => {
    const entries = ['com..x', 'com..y', 'com..Z'].map((uri) => permission(uri, 'wildcard', { call: true }));
    for (const uri of ['com.a.x', 'com.a.y', 'com.a.Z']) assert.equal(mayCall(entries, uri), true, uri);
    assert.equal(mayCall(entries, 'com.a.z'), false);
  });

  it('keep the actions apart, and disclose per direction', () => {
    const authorizer = new StaticPermissions([
      {
        uri: 'com.a',
        match: 'exact',
        allow: { call: true, register: false, publish: true, subscribe: false },
        disclose: { caller: true, publisher: false },
      },
    ]);
    const decisions = ACTIONS.map((action) => authorizer.authorize(PEER, action, 'com.a', EMPTY));
    assert.deepEqual(decisions, [
      { allow: true, disclose: true },
      { allow: false, disclose: false },
      { allow: true, disclose: false },
      { allow: false, disclose: false },
    ]);
  });

  it('decide the same again when many made-up URIs came between', () => {
    const authorizer = new StaticPermissions([permission('com.', 'prefix', { call: true })]);
    for (let at = 0; at < 25_000; at++)
      assert.equal(authorizer.authorize(PEER, 'call', `org.${at}`, EMPTY).allow, false);
    assert.equal(authorizer.authorize(PEER, 'call', 'com.a', EMPTY).allow, true);
  });

  it('agree with a plain reading of the rules, for any set of entries and any URI', () => {
    const component = fc.constantFrom('a', 'b', 'ab', '');
    const uri = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join('.'));
    const entry = fc.record({ uri, match: fc.constantFrom<Match>('exact', 'prefix', 'wildcard'), allow: fc.boolean() });
    const entries = fc.uniqueArray(entry, { maxLength: 8, selector: (one) => `${one.match} ${one.uri}` });
    fc.assert(
      fc.property(entries, uri, (given, asked) => {
        const compiled = given.map((one) => permission(one.uri, one.match, { call: one.allow }));
        assert.equal(mayCall(compiled, asked), plainReading(given, asked));
      }),
      { numRuns: 2000 },
    );
  });
});

function plainReading(entries: readonly { uri: string; match: Match; allow: boolean }[], uri: string): boolean {
  const exact = entries.find((entry) => entry.match === 'exact' && entry.uri === uri);
  if (exact !== undefined) return exact.allow;
  const asked = uri.split('.');
  const wildcards = entries.filter(({ match, uri: pattern }) => {
    const parts = pattern.split('.');
    return (
      match === 'wildcard' &&
      parts.length === asked.length &&
      parts.every((part, at) => (part === '' ? asked[at] !== '' : part === asked[at]))
    );
  });
  const rank = (pattern: string): string =>
    pattern
      .split('.')
      .map((part) => (part === '' ? '0' : '1'))
      .join('');
  const best = wildcards.sort((one, other) => (rank(one.uri) < rank(other.uri) ? 1 : -1))[0];
  if (best !== undefined) return best.allow;
  const prefixes = entries.filter((entry) => entry.match === 'prefix' && uri.startsWith(entry.uri));
  return prefixes.sort((one, other) => other.uri.length - one.uri.length)[0]?.allow ?? false;
}

describe('uniform permissions', () => {
  it('decide the same for all', () => {
    assert.equal(new UniformPermissions(true, false).authorize().allow, true);
    assert.equal(new UniformPermissions(false, false).authorize().allow, false);
  });
});
