/** HELLO itself, the order of messages, and logins by what the connection has: nothing, a cookie, a certificate. */
import { cryptosign } from '../../src/client/auth/cryptosign.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { type Case, JSON_WAY, login, PROVING, proving, type Scene, type Way } from './cases.ts';
import { SEED } from './node-config.ts';
import { type LoginSpec, ROLES, SHORT, type Visit } from './visit.ts';

function scene(id: string, run: (scene: Scene) => Promise<void>, way: Way = JSON_WAY): Case {
  return { id, way, run };
}

/** One HELLO of any shape. */
function hello(name: string, door: string, ...fields: readonly unknown[]): Case {
  return scene(`hello/${name}`, async ({ open }) => {
    const visit = await open(door);
    visit.patience = SHORT;
    visit.say(Msg.HELLO, ...fields);
    await visit.hear();
  });
}

/** `details` beside roles. */
function details(name: string, door: string, more: Dict): Case {
  return hello(name, door, 'realm1', { roles: ROLES, ...more });
}

const HELLOS: readonly Case[] = [
  hello('no-fields', 'open'),
  hello('no-details', 'open', 'realm1'),
  hello('more-fields', 'open', 'realm1', { roles: ROLES }, 1),
  hello('details-list', 'open', 'realm1', []),
  hello('details-null', 'open', 'realm1', null),
  hello('realm-number', 'open', 7, { roles: ROLES }),
  hello('realm-null', 'open', null, { roles: ROLES }),
  hello('realm-empty', 'open', '', { roles: ROLES }),
  hello('realm-invalid', 'open', 'no realm#', { roles: ROLES }),
  hello('realm-empty-component', 'open', 'com..x', { roles: ROLES }),
  hello('realm-unknown', 'open', 'no-such-realm', { roles: ROLES }),
  hello('realm-upper-case', 'open', 'REALM1', { roles: ROLES }),
  hello('roles-absent', 'open', 'realm1', {}),
  hello('roles-empty', 'open', 'realm1', { roles: {} }),
  hello('roles-null', 'open', 'realm1', { roles: null }),
  hello('roles-list', 'open', 'realm1', { roles: ['caller'] }),
  hello('roles-unknown', 'open', 'realm1', { roles: { dancer: {} } }),
  hello('roles-unknown-too', 'open', 'realm1', { roles: { caller: {}, dancer: {} } }),
  hello('roles-null-role', 'open', 'realm1', { roles: { caller: null } }),
  hello('features-unknown', 'open', 'realm1', { roles: { caller: { features: { flying: true } } } }),
  hello('features-number', 'open', 'realm1', { roles: { caller: { features: { caller_identification: 1 } } } }),
  details('authmethods-absent', 'open', {}),
  details('authmethods-empty', 'open', { authmethods: [] }),
  details('authmethods-null', 'open', { authmethods: null }),
  details('authmethods-text', 'open', { authmethods: 'anonymous' }),
  details('authmethods-numbers', 'open', { authmethods: [1] }),
  details('authmethods-ticket-at-open-door', 'open', { authmethods: ['ticket'] }),
  details('authmethods-anonymous', 'open', { authmethods: ['anonymous'] }),
  details('authmethods-duplicate', 'anonymous', { authmethods: ['anonymous', 'anonymous'] }),
  details('authmethods-unknown', 'several', { authmethods: ['magic'] }),
  details('authmethods-unknown-first', 'several', { authmethods: ['magic', 'anonymous'] }),
  details('authmethods-unknown-last', 'several', { authmethods: ['anonymous', 'magic'] }),
  details('authmethods-not-configured', 'several', { authmethods: ['wampcra'] }),
  details('authmethods-not-configured-first', 'several', { authmethods: ['wampcra', 'anonymous'] }),
  details('authmethods-absent-at-several', 'several', {}),
  details('authmethods-absent-at-static', 'static', {}),
  details('authmethods-order', 'several', { authmethods: ['ticket', 'anonymous'], authid: 'joe' }),
  details('authmethods-cookie-without', 'several', { authmethods: ['cookie'] }),
  details('authmethods-tls-without', 'several', { authmethods: ['tls', 'anonymous'] }),
  details('authmethods-proxy', 'several', { authmethods: ['anonymous-proxy'] }),
  details('authmethods-trusted', 'several', { authmethods: ['trusted'] }),
  details('authid-number', 'several', { authmethods: ['ticket'], authid: 7 }),
  details('authid-null', 'several', { authmethods: ['ticket'], authid: null }),
  details('authid-list', 'several', { authmethods: ['ticket'], authid: ['joe'] }),
  details('authid-control-characters', 'several', { authmethods: ['ticket'], authid: 'jo\ne' }),
  details('authid-long', 'several', { authmethods: ['ticket'], authid: 'j'.repeat(300) }),
  details('authrole-number', 'several', { authmethods: ['ticket'], authid: 'joe', authrole: 7 }),
  details('authextra-list', 'several', { authmethods: ['ticket'], authid: 'joe', authextra: [] }),
  details('authextra-null', 'several', { authmethods: ['ticket'], authid: 'joe', authextra: null }),
  details('authextra-text', 'several', { authmethods: ['ticket'], authid: 'joe', authextra: 'x' }),
  details('unknown-key', 'open', { flying: true }),
  details('agent', 'open', { agent: 'a client' }),
  details('resumable', 'open', { resumable: true }),
];

const JOE: LoginSpec = proving('ticket');

/** `steps` after the connection stands; the last answer is heard. */
function order(name: string, door: string, steps: (visit: Visit) => Promise<void>): Case {
  return scene(`order/${name}`, async ({ open }) => {
    const visit = await open(door);
    visit.patience = SHORT;
    await steps(visit);
    await visit.hear();
  });
}

const HELLO_JOE = [Msg.HELLO, 'realm1', { roles: ROLES, authmethods: ['ticket'], authid: 'joe' }] as const;
const HELLO_ANYBODY = [Msg.HELLO, 'realm1', { roles: ROLES }] as const;

const ORDERS: readonly Case[] = [
  order('authenticate-first', 'static', async (visit) => visit.say(Msg.AUTHENTICATE, 'secret-of-joe', {})),
  order('authenticate-twice', 'static', async (visit) => {
    await visit.logIn(JOE);
    visit.say(Msg.AUTHENTICATE, 'secret-of-joe', {});
  }),
  order('authenticate-again-after-abort', 'static', async (visit) => {
    await visit.logIn({ ...JOE, answer: 'wrong' });
    visit.say(Msg.AUTHENTICATE, 'secret-of-joe', {});
  }),
  order('hello-again-after-abort', 'static', async (visit) => {
    await visit.logIn({ ...JOE, answer: 'wrong' });
    visit.say(...HELLO_JOE);
  }),
  order('authenticate-after-anonymous', 'anonymous', async (visit) => {
    visit.say(...HELLO_ANYBODY);
    await visit.hear();
    visit.say(Msg.AUTHENTICATE, 'x', {});
  }),
  order('hello-twice-before-answer', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(...HELLO_JOE);
  }),
  order('hello-after-welcome', 'open', async (visit) => {
    visit.say(...HELLO_ANYBODY);
    await visit.hear();
    visit.say(...HELLO_ANYBODY);
  }),
  order('call-first', 'open', async (visit) => visit.say(Msg.CALL, 1, {}, 'com.example.x')),
  order('subscribe-while-challenged', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(Msg.SUBSCRIBE, 1, {}, 'com.example.x');
  }),
  order('goodbye-first', 'open', async (visit) => visit.say(Msg.GOODBYE, {}, 'wamp.close.close_realm')),
  order('abort-first', 'open', async (visit) => visit.say(Msg.ABORT, {}, 'wamp.error.x')),
  order('abort-while-challenged', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(Msg.ABORT, { message: 'no' }, 'wamp.error.cannot_authenticate');
  }),
  order('welcome-from-client', 'open', async (visit) => visit.say(Msg.WELCOME, 1, {})),
  order('challenge-from-client', 'open', async (visit) => visit.say(Msg.CHALLENGE, 'ticket', {})),
  order('unknown-message', 'open', async (visit) => visit.say(99, 1, {})),
  order('no-message', 'open', async (visit) => visit.sayBytes(Buffer.from('{}'))),
  order('no-json', 'open', async (visit) => visit.sayBytes(Buffer.from('[1,'))),
  order('authenticate-number', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(Msg.AUTHENTICATE, 7, {});
  }),
  order('authenticate-without-extra', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(Msg.AUTHENTICATE, 'secret-of-joe');
  }),
  order('authenticate-extra-null', 'static', async (visit) => {
    visit.say(...HELLO_JOE);
    await visit.hear();
    visit.say(Msg.AUTHENTICATE, 'secret-of-joe', null);
  }),
];

/** GOODBYE of any shape, after WELCOME. */
function goodbye(name: string, ...fields: readonly unknown[]): Case {
  return order(`goodbye-${name}`, 'open', async (visit) => {
    visit.say(...HELLO_ANYBODY);
    await visit.hear();
    visit.say(Msg.GOODBYE, ...fields);
  });
}

const GOODBYES: readonly Case[] = [
  goodbye('close-realm', {}, 'wamp.close.close_realm'),
  goodbye('normal', {}, 'wamp.close.normal'),
  goodbye('system-shutdown', {}, 'wamp.close.system_shutdown'),
  goodbye('goodbye-and-out', {}, 'wamp.close.goodbye_and_out'),
  goodbye('logout', {}, 'wamp.close.logout'),
  goodbye('own-reason', { message: 'bye' }, 'com.example.bye'),
  goodbye('reason-empty', {}, ''),
  goodbye('reason-number', {}, 7),
  goodbye('no-reason', {}),
  goodbye('details-null', null, 'wamp.close.normal'),
  order('goodbye-then-hello', 'open', async (visit) => {
    visit.say(...HELLO_ANYBODY);
    await visit.hear();
    visit.say(Msg.GOODBYE, {}, 'wamp.close.normal');
    await visit.hear();
    visit.say(...HELLO_ANYBODY);
  }),
];

const ANONYMOUS: readonly Case[] = [
  login('anonymous/open', 'open', {}),
  login('anonymous/open-authid-asked', 'open', { details: { authid: 'joe' } }),
  login('anonymous/open-authextra', 'open', { details: { authextra: { mine: 1 } } }),
  login('anonymous/open-role-missing', 'open', { realm: 'realm2' }),
  login('anonymous/static', 'anonymous', {}),
  login('anonymous/static-authid-asked', 'anonymous', { details: { authid: 'joe', authrole: 'user' } }),
  login('anonymous/static-authextra', 'anonymous', { details: { authextra: { mine: 1 } } }),
  login('anonymous/static-realm-null', 'anonymous', { realm: null }),
  login('anonymous/static-realm-missing', 'anonymous', { realm: 'no-such-realm' }),
  login('anonymous/static-role-missing', 'anonymous', { realm: 'realm2' }),
  login('anonymous/user', 'anonymous-user', {}),
  login('anonymous/ghost', 'anonymous-ghost', {}),
];

/** A first visit to a door with cookies, and a second one with the cookie that the first was given. */
function twice(name: string, door: string, first: LoginSpec, second: LoginSpec): Case {
  return scene(`cookie/${name}`, async ({ open }) => {
    const before = await open(door, { cookie: true });
    await before.logIn(first);
    before.cut();
    const after = await open(door, { cookie: true });
    await after.logIn(second);
    after.cut();
  });
}

const BY_COOKIE: LoginSpec = { details: { authmethods: ['cookie'] } };
const BY_COOKIE_OR_TICKET: LoginSpec = { ...JOE, details: { ...JOE.details, authmethods: ['cookie', 'ticket'] } };

const COOKIES: readonly Case[] = [
  twice('open', 'tracked-open', {}, {}),
  twice('tracked', 'tracked', JOE, JOE),
  twice('tracked-cookie-asked', 'tracked', JOE, BY_COOKIE),
  twice('again', 'cookie', JOE, BY_COOKIE),
  twice('again-or-ticket', 'cookie', BY_COOKIE_OR_TICKET, BY_COOKIE_OR_TICKET),
  twice('again-other-realm', 'cookie', JOE, { ...BY_COOKIE, realm: 'realm2' }),
  twice('again-realm-null', 'cookie', JOE, { ...BY_COOKIE, realm: null }),
  twice('never-logged-in', 'cookie', { ...JOE, answer: 'wrong' }, BY_COOKIE),
  twice('anonymous-again', 'cookie', {}, BY_COOKIE),
  twice('authextra-kept', 'cookie', proving('ticket', { details: { authextra: { mine: 1 } } }), BY_COOKIE),
  scene('cookie/logout', async ({ open }) => {
    const before = await open('cookie', { cookie: true });
    await before.logIn(JOE);
    before.say(Msg.GOODBYE, {}, 'wamp.close.logout');
    await before.hear();
    before.cut();
    const after = await open('cookie', { cookie: true });
    await after.logIn(BY_COOKIE);
  }),
  scene('cookie/other-method-then-cookie', async ({ open }) => {
    for (const spec of [JOE, {}, BY_COOKIE]) {
      const visit = await open('cookie', { cookie: true });
      await visit.logIn(spec);
      visit.cut();
    }
  }),
];

function secure(name: string, door: string, spec: LoginSpec): Case {
  return scene(`tls/${name}`, async ({ open }) => {
    const visit = await open(door, { certificate: true });
    await visit.logIn(spec);
  });
}

const BY_CERTIFICATE: LoginSpec = { details: { authmethods: ['tls'] } };
const BOUND = { authmethods: ['cryptosign'], authid: 'joe' };

const CERTIFICATES: readonly Case[] = [
  secure('static', 'tls', BY_CERTIFICATE),
  secure('static-authid-asked', 'tls', { details: { authmethods: ['tls'], authid: 'ann', authextra: { mine: 1 } } }),
  secure('static-nobody', 'tls-nobody', BY_CERTIFICATE),
  secure('static-realm-missing', 'tls', { ...BY_CERTIFICATE, realm: 'no-such-realm' }),
  secure('static-role-missing', 'tls', { ...BY_CERTIFICATE, realm: 'realm-auth' }),
  secure('dynamic', 'tls-dynamic', {
    details: { authmethods: ['tls'], authextra: { answer: { role: 'user', authid: 'found' } } },
  }),
  secure('dynamic-authid-absent', 'tls-dynamic', BY_CERTIFICATE),
  secure('ticket-dynamic', 'ticket', JOE),
  secure('cryptosign', 'cryptosign', { details: BOUND, answer: cryptosign(SEED) }),
  secure('cryptosign-tls-unique', 'cryptosign', {
    details: BOUND,
    answer: cryptosign(SEED, { channelBinding: 'tls-unique' }),
  }),
  secure('cryptosign-tls-exporter', 'cryptosign', {
    details: BOUND,
    answer: cryptosign(SEED, { channelBinding: 'tls-exporter' }),
  }),
];

/** The first method of the client's that is configured decides, whatever the others would. */
const SEVERAL: readonly Case[] = Object.entries(PROVING).map(([method, { authid, wrong }]) =>
  login(`several/${method}-then-anonymous`, 'static', {
    details: { authmethods: [method, 'anonymous'], authid },
    answer: wrong,
  }),
);

export const HELLO_CASES: readonly Case[] = [
  ...HELLOS,
  ...ORDERS,
  ...GOODBYES,
  ...ANONYMOUS,
  ...SEVERAL,
  ...COOKIES,
  ...CERTIFICATES,
];
