/** Logins that a table decides. */
import { wampcra } from '../../src/client/auth/wampcra.ts';
import { type Case, login, PROVING, proving, WAYS } from './cases.ts';
import { PUBLIC_KEY } from './node-config.ts';

const METHODS = Object.keys(PROVING);

function everyWay(): Case[] {
  return WAYS.flatMap((way) =>
    METHODS.flatMap((method) => {
      const at = `${way.transport}.${way.serializer}`;
      return [
        login(`static/${method}/good/${at}`, 'static', proving(method), way),
        login(`static/${method}/wrong-secret/${at}`, 'static', proving(method, { wrong: true }), way),
        login(`static/${method}/unknown-authid/${at}`, 'static', proving(method, { authid: 'nobody' }), way),
      ];
    }),
  );
}

const PLAIN: readonly Case[] = METHODS.flatMap((method) => [
  login(`static/${method}/realm-null`, 'static', proving(method, { realm: null })),
  login(`static/${method}/realm-missing`, 'static', proving(method, { realm: 'no-such-realm' })),
  login(`static/${method}/realm-without-role`, 'static', proving(method, { realm: 'realm-auth' })),
  login(`static/${method}/realm-other`, 'static', proving(method, { realm: 'realm2' })),
  login(`static/${method}/authid-absent`, 'static', proving(method, { authid: null })),
  login(`static/${method}/authid-empty`, 'static', proving(method, { authid: '' })),
  login(`static/${method}/answer-empty`, 'static', { ...proving(method), answer: '' }),
  login(`static/${method}/answer-junk`, 'static', { ...proving(method), answer: 'not what was asked for' }),
  login(`static/${method}/authrole-asked`, 'static', proving(method, { details: { authrole: 'anonymous' } })),
  login(
    `static/${method}/authextra-echoed`,
    'static',
    proving(method, { details: { authextra: { mine: [1, { two: null }] } } }),
  ),
  login(
    `static/${method}/authextra-reserved`,
    'static',
    proving(method, { details: { authextra: { x_cb_node: 'forged', transport: { peer: 'forged' } } } }),
  ),
]);

const hex = (digit: string, size: number): string => digit.repeat(size * 2);

export const STATIC_CASES: readonly Case[] = [
  ...everyWay(),
  ...PLAIN,
  login('static/ticket/role-missing', 'static', proving('ticket', { authid: 'ghost' })),
  login('static/wampcra/role-missing', 'static', proving('wampcra', { authid: 'ghost' })),
  login('static/wampcra/salted', 'static', { ...proving('wampcra', { authid: 'ann' }), answer: wampcra('secret123') }),
  login('static/wampcra/salted-derived', 'static', {
    ...proving('wampcra', { authid: 'eve' }),
    answer: wampcra('secret123'),
  }),
  login('static/wampcra/salted-wrong', 'static', {
    ...proving('wampcra', { authid: 'ann' }),
    answer: wampcra('wrong'),
  }),
  login(
    'static/cryptosign/channel-binding-unknown',
    'static',
    proving('cryptosign', { details: { authextra: { channel_binding: 'other' } } }),
  ),
  login(
    'static/cryptosign/channel-binding-without-tls',
    'static',
    proving('cryptosign', { details: { authextra: { channel_binding: 'tls-unique' } } }),
  ),
  login(
    'static/cryptosign/router-challenged',
    'static',
    proving('cryptosign', { details: { authextra: { challenge: hex('f', 32) } } }),
  ),
  login(
    'static/cryptosign/router-challenge-junk',
    'static',
    proving('cryptosign', { details: { authextra: { challenge: 'zz' } } }),
  ),
  login('static/cryptosign/pubkey-absent', 'static', { details: { authmethods: ['cryptosign'], authid: 'joe' } }),
  login('static/cryptosign/pubkey-null', 'static', {
    details: { authmethods: ['cryptosign'], authid: 'joe', authextra: { pubkey: null } },
  }),
  login('static/cryptosign/pubkey-junk', 'static', {
    details: { authmethods: ['cryptosign'], authid: 'joe', authextra: { pubkey: 'zz' } },
  }),
  login('static/cryptosign/pubkey-number', 'static', {
    details: { authmethods: ['cryptosign'], authid: 'joe', authextra: { pubkey: 1 } },
  }),
  login('static/cryptosign/pubkey-unknown-alone', 'static', {
    details: { authmethods: ['cryptosign'], authextra: { pubkey: hex('a', 32) } },
  }),
  login(
    'static/cryptosign/pubkey-upper-case',
    'static',
    proving('cryptosign', { details: { authextra: { pubkey: PUBLIC_KEY.toUpperCase() } } }),
  ),
  login('static/cryptosign/nothing-to-go-by', 'static', { details: { authmethods: ['cryptosign'] } }),
  login('static/cryptosign/signature-64-bytes', 'static', { ...proving('cryptosign'), answer: hex('a', 64) }),
  login('static/cryptosign/signature-96-bytes', 'static', { ...proving('cryptosign'), answer: hex('a', 96) }),
  login('static/scram/nonce-absent', 'static', { details: { authmethods: ['scram'], authid: 'foobar@example.com' } }),
  login('static/scram/nonce-missing', 'static', {
    details: { authmethods: ['scram'], authid: 'foobar@example.com', authextra: { a: 1 } },
  }),
  login('static/scram/nonce-junk', 'static', proving('scram', { details: { authextra: { nonce: '!' } } })),
  login('static/scram/nonce-number', 'static', proving('scram', { details: { authextra: { nonce: 1 } } })),
  login('static/scram/nonce-short', 'static', proving('scram', { details: { authextra: { nonce: 'YWJj' } } })),
];
