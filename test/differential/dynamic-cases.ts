/** Logins that an authenticator decides: a procedure, or a function. */

import { wampcra } from '../../src/client/auth/wampcra.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { type Case, login, PROVING, proving, WAYS } from './cases.ts';
import { PUBLIC_KEY, SCRAM } from './node-config.ts';
import { type LoginSpec, SHORT } from './visit.ts';

const METHODS = ['anonymous', ...Object.keys(PROVING)];

/** What has to be in an answer of this method, beside identity. */
const CREDENTIALS: Readonly<Record<string, Dict>> = {
  anonymous: {},
  ticket: {},
  wampcra: { secret: 'secret-of-joe' },
  cryptosign: { pubkey: PUBLIC_KEY },
  scram: SCRAM,
};

function everyWay(): Case[] {
  return WAYS.flatMap((way) =>
    METHODS.flatMap((method) => {
      const at = `${way.transport}.${way.serializer}`;
      const good = login(`dynamic/${method}/good/${at}`, 'dynamic', proving(method), way);
      if (method === 'anonymous') return [good];
      return [
        good,
        login(`dynamic/${method}/wrong-secret/${at}`, 'dynamic', proving(method, { wrong: true }), way),
        login(`dynamic/${method}/unknown-authid/${at}`, 'dynamic', proving(method, { authid: 'nobody' }), way),
      ];
    }),
  );
}

/** What an authenticator may say beside credentials, good and bad. */
const IDENTITIES: Readonly<Record<string, Dict>> = {
  role: { role: 'user' },
  'role-absent': {},
  'role-null': { role: null },
  'role-empty': { role: '' },
  'role-number': { role: 7 },
  'role-list': { role: ['user'] },
  'role-unknown': { role: 'no-such-role' },
  'role-trusted': { role: 'trusted' },
  'role-anonymous-undefined': { role: 'anonymous', realm: 'realm2' },
  'realm-other': { role: 'user', realm: 'realm2' },
  'realm-unknown': { role: 'user', realm: 'no-such-realm' },
  'realm-null': { role: 'user', realm: null },
  'realm-empty': { role: 'user', realm: '' },
  'realm-number': { role: 'user', realm: 7 },
  'authid-other': { role: 'user', authid: 'somebody-else' },
  'authid-null': { role: 'user', authid: null },
  'authid-empty': { role: 'user', authid: '' },
  'authid-number': { role: 'user', authid: 7 },
  extra: { role: 'user', extra: { mine: [1, 'two', { three: null }] } },
  'extra-null': { role: 'user', extra: null },
  'extra-number': { role: 'user', extra: 7 },
  'extra-list': { role: 'user', extra: [1] },
  'extra-reserved': { role: 'user', extra: { x_cb_node: 'forged', transport: { peer: 'forged' } } },
  challenge: { role: 'user', challenge: { method: 'totp' } },
  'more-keys': { role: 'user', foo: 1, ticket: 'x' },
};

const RUBBISH: Readonly<Record<string, unknown>> = {
  null: null,
  number: 7,
  true: true,
  list: ['user'],
  'list-empty': [],
  'text-empty': '',
  'text-role': 'user',
  'text-unknown-role': 'no-such-role',
  'dictionary-empty': {},
};

/** Credentials that cannot be used. */
const USELESS: readonly (readonly [method: string, name: string, answer: Dict])[] = [
  ['wampcra', 'secret-absent', { role: 'user' }],
  ['wampcra', 'secret-number', { role: 'user', secret: 7 }],
  ['wampcra', 'secret-null', { role: 'user', secret: null }],
  ['wampcra', 'salt-alone', { role: 'user', secret: 'secret-of-joe', salt: 'salt123' }],
  ['wampcra', 'salt-number', { role: 'user', secret: 'secret-of-joe', salt: 7, iterations: 100, keylen: 16 }],
  ['cryptosign', 'pubkey-absent', { role: 'user' }],
  ['cryptosign', 'pubkey-junk', { role: 'user', pubkey: 'zz' }],
  ['cryptosign', 'pubkey-number', { role: 'user', pubkey: 7 }],
  ['cryptosign', 'pubkey-of-another', { role: 'user', pubkey: 'ab'.repeat(32) }],
  ['scram', 'keys-absent', { role: 'user' }],
  ['scram', 'kdf-unknown', { ...CREDENTIALS['scram'], role: 'user', kdf: 'md5' }],
  ['scram', 'stored-key-junk', { ...CREDENTIALS['scram'], role: 'user', 'stored-key': 'zz' }],
  ['scram', 'iterations-text', { ...CREDENTIALS['scram'], role: 'user', iterations: 'many' }],
];

const RAISED: Readonly<Record<string, unknown>> = {
  'own-uri': ['com.example.error.nope', ['because']],
  'no-arguments': ['com.example.error.nope'],
  'several-arguments': ['com.example.error.nope', ['first', 'second'], { more: 1 }],
  'number-argument': ['com.example.error.nope', [7]],
  'null-argument': ['com.example.error.nope', [null]],
  'dictionary-argument': ['com.example.error.nope', [{ a: 1, b: [true, null] }]],
  'unicode-argument': ['com.example.error.nope', ['größer ☃']],
  'runtime-error': ['wamp.error.runtime_error', ['division by zero']],
  'not-authorized': ['wamp.error.not_authorized', ['not you']],
  'authentication-failed': ['wamp.error.authentication_failed', ['failed']],
  'no-such-procedure': ['wamp.error.no_such_procedure', ['no callee registered for procedure com.example.inner']],
  'no-such-realm': ['wamp.error.no_such_realm', ['nowhere']],
  canceled: ['wamp.error.canceled', ['no more']],
  'close-reason': ['wamp.close.logout', ['bye']],
  'names-itself': ['com.example.error.nope', ['com.example.authenticate says no']],
};

function told(method: string, extra: Dict): LoginSpec {
  return proving(method, { details: { authextra: extra } });
}

const ANSWERS: readonly Case[] = METHODS.flatMap((method) => [
  ...Object.entries(IDENTITIES).map(([name, identity]) =>
    login(
      `dynamic/${method}/answer-${name}`,
      'dynamic',
      told(method, { answer: { ...CREDENTIALS[method], ...identity } }),
    ),
  ),
  ...Object.entries(RUBBISH).map(([name, answer]) =>
    login(`dynamic/${method}/answer-${name}`, 'dynamic', { ...told(method, { answer }), patience: SHORT * 2 }),
  ),
  login(`dynamic/${method}/yield-nothing`, 'dynamic', { ...told(method, { yield: [] }), patience: SHORT * 2 }),
  login(`dynamic/${method}/yield-two`, 'dynamic', {
    ...told(method, { yield: [['user', 'user']] }),
    patience: SHORT * 2,
  }),
  login(`dynamic/${method}/yield-keywords`, 'dynamic', {
    ...told(method, { yield: [[], { role: 'user' }] }),
    patience: SHORT * 2,
  }),
  login(`dynamic/${method}/yield-both`, 'dynamic', {
    ...told(method, { yield: [[{ ...CREDENTIALS[method], role: 'user' }], { a: 1 }] }),
    patience: SHORT * 2,
  }),
  ...Object.entries(RAISED).map(([name, raise]) =>
    login(`dynamic/${method}/raise-${name}`, 'dynamic', told(method, { raise })),
  ),
  login(`dynamic/${method}/silent`, 'dynamic', { ...told(method, { silent: true }), patience: SHORT }),
  login(`dynamic/${method}/cut`, 'dynamic', told(method, { cut: true })),
  login(`dynamic/${method}/realm-null`, 'dynamic', proving(method, { realm: null })),
  login(`dynamic/${method}/realm-missing`, 'dynamic', proving(method, { realm: 'no-such-realm' })),
  login(`dynamic/${method}/realm-null-assigned`, 'dynamic', {
    ...told(method, { answer: { ...CREDENTIALS[method], role: 'user', realm: 'realm2' } }),
    realm: null,
  }),
  login(`dynamic/${method}/authrole-asked`, 'dynamic', proving(method, { details: { authrole: 'anonymous' } })),
  login(`here/${method}/good`, 'here', proving(method)),
  login(`here/${method}/realm-null`, 'here', { ...proving(method, { realm: null }), patience: SHORT * 2 }),
  login(`here/${method}/realm-missing`, 'here', {
    ...proving(method, { realm: 'no-such-realm' }),
    patience: SHORT * 2,
  }),
  login(`here/${method}/realm-without-authenticator`, 'here', proving(method, { realm: 'realm2' })),
  login(`by-role/${method}/good`, 'by-role', { ...proving(method), patience: SHORT * 2 }),
  login(`by-trusted/${method}/good`, 'by-trusted', proving(method)),
  login(`default-role/${method}/role-absent`, 'default-role', told(method, { answer: { ...CREDENTIALS[method] } })),
  login(
    `default-role/${method}/role-null`,
    'default-role',
    told(method, { answer: { ...CREDENTIALS[method], role: null } }),
  ),
  login(`absent/${method}/good`, 'absent', proving(method)),
]);

const PROVERS: readonly Case[] = Object.keys(PROVING).flatMap((method) => [
  login(`dynamic/${method}/authid-absent`, 'dynamic', proving(method, { authid: null })),
  login(`dynamic/${method}/authid-absent-assigned`, 'dynamic', {
    ...proving(method, {
      authid: null,
      details: { authextra: { answer: { ...CREDENTIALS[method], role: 'user', authid: 'found' } } },
    }),
  }),
  login(`dynamic/${method}/role-missing`, 'dynamic', proving(method, { authid: 'ghost' })),
  login(`function/${method}/good`, 'function', proving(method)),
  login(`function/${method}/wrong-secret`, 'function', proving(method, { wrong: true })),
  login(`function/${method}/unknown-authid`, 'function', proving(method, { authid: 'nobody' })),
  login(
    `function/${method}/raise-own-uri`,
    'function',
    told(method, { raise: ['com.example.error.nope', ['because']] }),
  ),
  login(`function/${method}/fail`, 'function', told(method, { fail: true })),
  login(`function/${method}/realm-missing`, 'function', proving(method, { realm: 'no-such-realm' })),
  ...Object.entries(RUBBISH).map(([name, answer]) =>
    login(`function/${method}/answer-${name}`, 'function', { ...told(method, { answer }), patience: SHORT * 2 }),
  ),
  ...['role', 'role-absent', 'role-unknown', 'realm-other', 'authid-other', 'extra', 'extra-number'].map((name) =>
    login(
      `function/${method}/answer-${name}`,
      'function',
      told(method, { answer: { ...CREDENTIALS[method], ...IDENTITIES[name] } }),
    ),
  ),
]);

export const DYNAMIC_CASES: readonly Case[] = [
  ...everyWay(),
  ...ANSWERS,
  ...PROVERS,
  ...USELESS.map(([method, name, answer]) =>
    login(`dynamic/${method}/credentials-${name}`, 'dynamic', { ...told(method, { answer }), patience: SHORT * 2 }),
  ),
  ...['dynamic', 'function'].map((door) => {
    return login(`${door}/ticket/empty`, door, { ...told('ticket', { answer: { role: 'user' } }), answer: '' });
  }),
  login('function/ticket/tell', 'function', told('ticket', { tell: true })),
  login('dynamic/wampcra/salted', 'dynamic', {
    ...proving('wampcra', { authid: 'ann' }),
    answer: wampcra('secret123'),
  }),
  login('dynamic/cryptosign/router-challenged', 'dynamic', told('cryptosign', { challenge: 'ff'.repeat(32) })),
];
