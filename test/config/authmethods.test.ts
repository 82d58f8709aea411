/** The authmethods by which clients prove something without showing it: what the configuration takes and says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileAuth } from '../../src/worker/compile-auth.ts';
import { nodeWith, parse, problemsOf, WEBSOCKET } from './example-node.ts';

const AUTH = [...WEBSOCKET, 'auth'];
const PLACE = 'workers[0].transports[1].auth';
const CANARY = 'canary-5f1c9e';

function auth(method: string, entry: unknown): Record<string, unknown> {
  return nodeWith([AUTH, { [method]: entry }]);
}

function compiled(method: string, entry: unknown) {
  const { config } = parse(auth(method, entry));
  const [worker] = config.workers;
  assert.ok(worker?.type === 'router');
  const transport = worker.transports[1];
  assert.ok(transport?.type === 'websocket');
  return compileAuth(transport.auth);
}

/** A row: the entry of a principal, and what is said of it, without the place of the entry. */
type Row = readonly [principal: unknown, ...problems: string[]];

interface Example {
  readonly method: string;
  readonly table: string;
  readonly principal: Readonly<Record<string, unknown>>;
  readonly compiled: unknown;
  readonly rows: readonly Row[];
}

const KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
/** Crossbar's example. */
const SCRAM = {
  kdf: 'argon2id-13',
  iterations: 4096,
  memory: 512,
  salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
  'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
  'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
};
const { memory: _memory, ...withoutMemory } = SCRAM;
const PBKDF2 = { ...withoutMemory, kdf: 'pbkdf2' };
const SECRET = { secret: CANARY };
const SALTED = { ...SECRET, salt: 'salt123' };

const EXAMPLES: readonly Example[] = [
  {
    method: 'wampcra',
    table: 'users',
    principal: SECRET,
    compiled: { secret: CANARY, role: 'user', realm: null, salt: null, iterations: null, keylen: null },
    rows: [
      [{ ...SALTED, iterations: 100, keylen: 16 }],
      [{ salt: 'x' }, '.secret: expected a secret that is not empty, got nothing'],
      [{ secret: '' }, '.secret: expected a secret that is not empty, got an empty string'],
      [{ secret: 7 }, '.secret: expected a secret that is not empty, got a number'],
      [{ secret: CANARY.repeat(400) }, '.secret: expected a secret of at most 4096 characters, got a string'],
      [{ ...SECRET, salt: '' }, '.salt: expected a salt that is not empty, got an empty string'],
      [{ ...SALTED, iterations: 0 }, '.iterations: expected an integer from 1 to 1000000, got a number'],
      [{ ...SALTED, keylen: 8 }, '.keylen: expected an integer from 16 to 64 (bytes), got a number'],
      [
        { ...SECRET, authid: 'joe' },
        '.authid: unknown key; expected one of secret, role, realm, salt, iterations, keylen',
      ],
    ],
  },
  {
    method: 'cryptosign',
    table: 'principals',
    principal: { authorized_keys: [KEY] },
    compiled: { authorizedKeys: [KEY], role: 'user', realm: null },
    rows: [
      [{ authorized_keys: [KEY.toUpperCase(), KEY] }],
      [{}, '.authorized_keys: expected a list of public keys, got nothing'],
      [{ authorized_keys: [] }, '.authorized_keys: expected at least one public key, got a list'],
      [
        { authorized_keys: [KEY, KEY.slice(2)] },
        '.authorized_keys[1]: expected a public key of Ed25519 as 64 hexadecimal digits, got a string',
      ],
      [
        { authorized_keys: [`01${'00'.repeat(31)}`] },
        '.authorized_keys[0]: this public key proves nothing: it is not a point of the curve, not canonical, or of small order',
      ],
    ],
  },
  {
    method: 'scram',
    table: 'principals',
    principal: SCRAM,
    compiled: { credentials: SCRAM, role: 'user', realm: null },
    rows: [
      [{ ...SCRAM, kdf: 'argon2id13', iterations: 1 }],
      [{ ...SCRAM, kdf: 'pbkdf2', memory: 0 }],
      [{ ...PBKDF2, iterations: 10_000 }],
      [{ ...SCRAM, kdf: 'bcrypt' }, '.kdf: expected one of "argon2id-13", "argon2id13", "pbkdf2", got a string'],
      [{ ...SCRAM, memory: 7 }, '.memory: argon2id-13 needs a memory of at least 8 (KiB)'],
      [{ ...PBKDF2, kdf: 'argon2id-13' }, '.memory: argon2id-13 needs a memory of at least 8 (KiB)'],
      [{ ...PBKDF2, iterations: 4095 }, '.iterations: pbkdf2 takes at least 4096 iterations (RFC 7677)'],
      [{ ...SCRAM, iterations: 0 }, '.iterations: expected an integer from 1 to 10000000, got a number'],
      [{ ...SCRAM, salt: 'abc' }, '.salt: expected a salt of 1 to 256 bytes as hexadecimal digits, got a string'],
      [
        { ...SCRAM, 'stored-key': CANARY },
        '.stored-key: expected a key of 32 bytes as 64 hexadecimal digits, got a string',
      ],
      [{ ...SCRAM, 'server-key': 7 }, '.server-key: expected a key of 32 bytes as 64 hexadecimal digits, got a number'],
    ],
  },
];

for (const { method, table, principal, compiled: expected, rows } of EXAMPLES) {
  const list = (member: unknown, more: object = {}) => ({ type: 'static', [table]: { joe: member }, ...more });

  describe(`auth.${method}`, () => {
    it('static: becomes what the authmethod wants', () => {
      const [entry, ...more] = compiled(method, list({ ...principal, role: 'user' }));
      assert.deepEqual(more, []);
      const { [table as 'method']: members, ...rest } = entry as unknown as Record<string, unknown>;
      assert.deepEqual(rest, { method, type: 'static', defaultRole: null });
      assert.deepEqual([...(members as unknown as Map<string, unknown>)], [['joe', expected]]);
    });

    for (const [member, ...problems] of rows) {
      it(problems.length === 0 ? `takes ${Object.keys(member as object)}` : `says: ${problems.join('; ')}`, () => {
        const lines = problemsOf(auth(method, list({ ...(member as object), role: 'user' })));
        assert.deepEqual(
          lines,
          problems.map((problem) => `${PLACE}.${method}.${table}.joe${problem}`),
        );
        assert.ok(!lines.join('\n').includes(CANARY));
      });
    }

    it('static: holds roles and realms against those that there are', () => {
      const at = `${PLACE}.${method}.${table}`;
      const told = (member: object, more: object = {}) =>
        problemsOf(auth(method, list({ ...principal, ...member }, more)));
      assert.deepEqual(told({}), [`${at}.joe: the principal has no "role", and there is no "default-role" for it`]);
      assert.deepEqual(told({}, { 'default-role': 'user' }), []);
      assert.deepEqual(told({ role: 'nobody' }), [`${at}.joe.role: no realm of this worker has a role "nobody"`]);
      assert.equal(told({ role: 'trusted' }).length, 1);
      assert.deepEqual(told({ role: 'user', realm: 'realm1' }), []);
      assert.deepEqual(told({ role: 'user', realm: 'realm9' }), [
        `${at}.joe.realm: this worker has no realm "realm9"; did you mean "realm1"?`,
      ]);
    });

    it('static: needs its table', () => {
      const [line] = problemsOf(auth(method, { type: 'static', 'default-role': 'user' }));
      assert.match(line ?? '', new RegExp(`\\.${method}\\.${table}: expected an object of ${table} by authid`));
    });

    it('dynamic and function: as for every authmethod', () => {
      const common = { method, defaultRole: 'user', timeout: 5000 };
      assert.deepEqual(
        compiled(method, {
          type: 'dynamic',
          authenticator: 'com.example.authenticate',
          'authenticator-realm': 'realm-auth',
          'authenticator-role': 'authenticator',
          'default-role': 'user',
        }),
        [
          {
            ...common,
            type: 'dynamic',
            authenticator: 'com.example.authenticate',
            realm: 'realm-auth',
            role: 'authenticator',
            wait: 3000,
          },
        ],
      );
      assert.deepEqual(compiled(method, { type: 'function', create: './auth.js#create', 'default-role': 'user' }), [
        { ...common, type: 'function', create: './auth.js#create', config: null, exposeController: false },
      ]);
      const wrong = {
        type: 'dynamic',
        authenticator: 'com.example.authenticate',
        'authenticator-realm': 'realm-auth',
        'default-role': 'nobody',
      };
      assert.equal(problemsOf(auth(method, wrong)).length, 1);
      assert.match(
        problemsOf(auth(method, { type: 'ldap' })).join(),
        /expected one of "static", "dynamic", "function"/,
      );
    });
  });
}

describe('what no authmethod is', () => {
  it('[row 48] SCRAM with fewer iterations of PBKDF2 than RFC 7677 wants', () => {
    for (const iterations of [1, 1000, 4095]) {
      const principals = { joe: { ...PBKDF2, iterations, role: 'user' } };
      assert.deepEqual(problemsOf(auth('scram', { type: 'static', principals })), [
        `${PLACE}.scram.principals.joe.iterations: pbkdf2 takes at least 4096 iterations (RFC 7677)`,
      ]);
    }
  });

  it('[row 52] JWT: no such authmethod is taken, however it is configured', () => {
    const entries = [
      { type: 'static', secret: CANARY },
      { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' },
      { type: 'function', create: './auth.js#create' },
    ];
    for (const entry of entries) {
      const [line = '', ...more] = problemsOf(auth('jwt', entry));
      assert.match(line, /^workers\[0\]\.transports\[1\]\.auth\.jwt: unknown key; expected one of anonymous, ticket, /);
      assert.deepEqual(more, []);
    }
  });
});
