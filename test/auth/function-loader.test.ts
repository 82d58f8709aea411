import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FunctionLoader, type ImportModule, parseCreate } from '../../src/auth/authenticators/function-loader.ts';

const OPTIONS = { create: './auth.js#create', config: null, exposeController: false };

function importing(exports: object): ImportModule {
  return async () => exports;
}

describe('parseCreate', () => {
  it('reads both forms', () => {
    for (const [create, specifier, exported] of [
      ['auth.create', 'auth', 'create'],
      ['my.company.auth.create', 'my.company.auth', 'create'],
      ['./auth.js#create', './auth.js', 'create'],
      ['../lib/auth.mjs#makeIt', '../lib/auth.mjs', 'makeIt'],
      ['/srv/a#b/auth.js#create', '/srv/a#b/auth.js', 'create'],
      ['@scope/pkg#create', '@scope/pkg', 'create'],
      ['file:///srv/auth.js#create', 'file:///srv/auth.js', 'create'],
    ] as const) {
      assert.deepEqual(parseCreate(create), { specifier, exported });
    }
  });

  it('says what is wrong with others', () => {
    for (const [create, message] of [
      ['create', "'function' authenticator has no module: 'create'"],
      ['./auth.js', 'function authenticator "./auth.js": no export is named; write "./auth.js#create"'],
      ['/srv/auth.js', 'function authenticator "/srv/auth.js": no export is named; write "/srv/auth.js#create"'],
      ['.create', 'function authenticator ".create": expected "module.func" or "./file.js#export"'],
      ['auth.', 'function authenticator "auth.": expected "module.func" or "./file.js#export"'],
      ['#create', 'function authenticator "#create": expected "module.func" or "./file.js#export"'],
    ] as const) {
      assert.throws(() => parseCreate(create), { name: 'TypeError', message });
    }
  });
});

describe('FunctionLoader', () => {
  it('takes functions and promises of functions', async () => {
    const authenticate = () => 'user';
    for (const create of [() => authenticate, async () => authenticate]) {
      assert.equal(await new FunctionLoader(importing({ create })).load(OPTIONS), authenticate);
    }
  });

  it('gives create a copy of the configuration, and the controller only where it is exposed', async () => {
    const controller = { name: 'worker' };
    const seen: unknown[][] = [];
    const create = (...args: unknown[]) => {
      seen.push(args);
      return () => 'user';
    };
    const loader = new FunctionLoader(importing({ create }), controller);
    const config = Object.freeze({ users: Object.freeze(['joe']) });
    await loader.load({ ...OPTIONS, config });
    await loader.load({ ...OPTIONS, config, exposeController: true });
    assert.deepEqual(seen, [
      [{ users: ['joe'] }, null],
      [{ users: ['joe'] }, controller],
    ]);
    assert.notEqual(seen[0]?.[0], config);
    assert.equal(seen[1]?.[1], controller);
  });

  it('loads once for equal entries, and anew for another configuration (K26)', async () => {
    let created = 0;
    const create = () => {
      const number = ++created;
      return () => number;
    };
    const loader = new FunctionLoader(importing({ create }));
    const load = (config: { a: number } | null) => loader.load({ ...OPTIONS, config });
    const [first, again, other] = await Promise.all([load({ a: 1 }), load({ a: 1 }), load({ a: 2 })]);
    assert.equal(first, again);
    assert.notEqual(first, other);
    assert.equal(created, 2);
  });

  it('[row 132] names what cannot be loaded, with the cause', async () => {
    const cause = new Error('no such file');
    const failing: readonly (readonly [ImportModule, RegExp, Error | undefined])[] = [
      [() => Promise.reject(cause), /: the module "\.\/auth\.js" cannot be imported: no such file$/, cause],
      [importing({}), /: the module exports no function "create"$/, undefined],
      [importing({ create: 'text' }), /: the module exports no function "create"$/, undefined],
      [importing(Object.create({ create: () => () => 'user' })), /exports no function "create"$/, undefined],
      [async () => null, /exports no function "create"$/, undefined],
      [importing({ create: () => Promise.reject(cause) }), /: "create" failed: no such file$/, cause],
      [importing({ create: () => 'user' }), /: "create" returned no function$/, undefined],
    ];
    for (const [importModule, message, expected] of failing) {
      await assert.rejects(new FunctionLoader(importModule).load(OPTIONS), (error: Error) => {
        assert.match(error.message, /^function authenticator "\.\/auth\.js#create": /);
        assert.match(error.message, message);
        assert.equal(error.cause, expected);
        return true;
      });
    }
  });
});
