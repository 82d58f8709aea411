import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { node, R, realm, router } from './config-parts.ts';
import { parse, problemsOf } from './example-node.ts';

const withStore = (name: string, store: object): object => ({ ...realm(name, 'user'), store });

describe('stores of realms', () => {
  it('are taken as Crossbar has them, with its defaults', () => {
    const logs = [{ uri: 'com.a' }, { uri: 'com.', match: 'prefix', limit: 7 }, { uri: 'com..c', match: 'wildcard' }];
    const { config } = parse(
      node(
        router({
          realms: [
            withStore('realm1', { type: 'memory', limit: 50, 'event-history': logs }),
            withStore('realm2', { type: 'cfxdb', path: 'events', 'event-history': [{ uri: 'com.a' }] }),
          ],
        }),
      ),
    );
    const [worker] = config.workers;
    assert(worker?.type === 'router');
    const stores = worker.realms.map(({ store }) => store);
    assert.deepEqual(stores, [
      {
        type: 'memory',
        limit: 50,
        'event-history': [{ uri: 'com.a', match: 'exact' }, logs[1], logs[2]],
      },
      {
        type: 'cfxdb',
        path: 'events',
        maxsize: 134_217_728,
        readonly: false,
        sync: true,
        'max-buffer': 10_000,
        'buffer-flush': 200,
        limit: 100,
        'event-history': [{ uri: 'com.a', match: 'exact' }],
      },
    ]);
  });

  it('say what is wrong with them', () => {
    const problems = (store: object): string[] => problemsOf(node(router({ realms: [withStore('realm1', store)] })));
    const topic = 'expected a URI, or a pattern as "match" says (components without spaces and #, separated by dots)';
    assert.deepEqual(problems({ type: 'memory', 'event-history': [{ uri: 'com..a' }, { uri: 'com.b', limit: 0 }] }), [
      `${R}[0].store.event-history[0].uri: ${topic}, got "com..a"`,
      `${R}[0].store.event-history[1].limit: expected an integer from 1 to 100000, got 0`,
    ]);
    assert.deepEqual(problems({ type: 'memory', 'event-history': [{ uri: 'com.a' }, { uri: 'com.a' }] }), [
      `${R}[0].store.event-history: expected each topic once, got a list`,
    ]);
    assert.deepEqual(problems({ type: 'cfxdb' }), [
      `${R}[0].store.path: expected the path of a directory, got nothing`,
    ]);
    assert.deepEqual(problems({ type: 'lmdb' }), [`${R}[0].store.type: expected one of "memory", "cfxdb", got "lmdb"`]);
  });

  it('do not share a database, in whichever worker they are', () => {
    const store = (path: string): object => ({ type: 'cfxdb', path });
    const twice = node(
      router({ realms: [withStore('realm1', store('a/../events')), withStore('realm2', store('other'))] }),
      router({ realms: [withStore('realm3', store('events/'))] }),
    );
    assert.deepEqual(problemsOf(twice), [`workers[1].realms[0].store.path: this database is taken by ${R}[0].store`]);
  });
});
