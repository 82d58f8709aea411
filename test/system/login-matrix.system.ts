/**
 * authmethod × who decides × transport × what becomes of it, over real sockets: each cell states what the client reads,
 * to the letter, and that nothing is left behind; and no secret is anywhere where it does not belong. Time passes only
 * when the test says so.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { parseConfig } from '../../src/config/load.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { createRouter } from '../../src/worker/create-router.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import { hasOpenssl } from '../transports/endpoint-certificates.ts';
import { type Carrier, LoginBench, NOTHING, until } from './login-bench.ts';
import {
  CARRIERS,
  CELLS,
  type Cell,
  COOKIE_CARRIERS,
  COOKIE_CELLS,
  FATES,
  type Fate,
  REFERENCE,
  SERIAL_NUMBER,
  SIGNATURE,
} from './login-cells.ts';
import { type Conduct, clientOf, judge, KINDS, type Kind, METHODS, type Method, SECRETS } from './login-clients.ts';
import type { Peer } from './raw-peer.ts';

const SKIP = hasOpenssl() ? false : 'no openssl on this machine';
/** Over which browsers send cookies. */
const BROWSED: ReadonlySet<Carrier> = new Set(COOKIE_CARRIERS);

let bench: LoginBench;
/** Everything that clients have read. */
const read: WireMessage[] = [];
const cookies = new Set<string>();

before(async () => {
  if (SKIP === false) bench = await LoginBench.start();
});

afterEach(() => bench?.cutAll());

after(() => bench?.stop());

const silence = () => new Promise<never>(() => {});

/** What the authenticator does in a login of that fate. */
function conductOfAuthenticator(fate: Fate): LoginBench['judge'] {
  if (fate === 'authenticator silent' || fate === 'client gone') return silence;
  if (fate === 'rubbish answer') return () => null;
  if (fate !== 'authenticator breaks') return (method, args) => judge(method, args, bench.listed);
  return () => {
    throw new TypeError('no database');
  };
}

function conductOfClient(fate: Fate): Conduct {
  return fate === 'wrong' || fate === 'unknown user' || fate === 'rubbish proof' ? fate : 'good';
}

function realmOf(fate: Fate): string {
  return fate === 'role missing' ? 'realm2' : fate === 'realm missing' ? 'realm3' : 'realm1';
}

async function hear(peer: Peer): Promise<WireMessage | null> {
  const message = await peer.hear();
  if (message !== null) read.push(message);
  return message;
}

/** Lets the time of the authenticator pass, as soon as it has been asked. */
async function outwait(): Promise<void> {
  await until(() => bench.calls === 1);
  bench.clock.advance(LIMITS.authenticatorTimeout);
}

/** A login up to its end. @returns the last word of the router */
async function logIn(peer: Peer, method: Method, fate: Fate): Promise<WireMessage | null> {
  const { authid, authextra, answer } = clientOf(method, conductOfClient(fate), realmOf(fate));
  const silent = fate === 'authenticator silent';
  peer.say(1, realmOf(fate), { roles: { caller: {} }, authmethods: [method], authid, authextra });
  if (silent && method !== 'ticket') await outwait();
  const word = await hear(peer);
  if (word?.[0] !== 4) return word;
  assert.equal(word[1], method);
  peer.say(5, answer(word[2] as Dict), {});
  if (silent) await outwait();
  return hear(peer);
}

/** The client leaves while it is decided about, or between challenge and answer. */
async function leave(peer: Peer, method: Method, kind: Kind, carrier: Carrier): Promise<void> {
  const { authid, authextra, answer } = clientOf(method, 'good', 'realm1');
  peer.say(1, 'realm1', { roles: { caller: {} }, authmethods: [method], authid, authextra });
  if (method === 'ticket') {
    const challenge = await hear(peer);
    assert.equal(challenge?.[0], 4);
    if (kind !== 'static') peer.say(5, answer({}), {});
  } else if (kind === 'static' && CHALLENGED.has(method)) assert.equal((await hear(peer))?.[0], 4);
  if (kind !== 'static') await until(() => bench.calls === 1);
  peer.cut();
  // A client that polls is gone when it has not asked for long.
  if (carrier === 'longpoll') await outlast();
}

const CHALLENGED: ReadonlySet<Method> = new Set(['wampcra', 'scram', 'cryptosign', 'cryptosign-proxy']);

async function outlast(): Promise<void> {
  for (let second = 0; second < 40; second++) {
    bench.clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What is random, by what it looks like. */
function plain(key: string, value: unknown): unknown {
  if (key === 'authid' && /^([345679ACEFGHJ-NP-Y]{4}-){5}[345679ACEFGHJ-NP-Y]{4}$/.test(String(value))) {
    return SERIAL_NUMBER;
  }
  if (key === 'message') return String(value).replace(/\(ref [0-9a-f]{8}\)$/, `(ref ${REFERENCE})`);
  const isProof = key === 'scram_server_signature' || key === 'verifier';
  return isProof && /^[A-Za-z0-9+/]{43}=$/.test(String(value)) ? SIGNATURE : value;
}

function normal(details: unknown): unknown {
  if (!isDict(details)) return details;
  const kept = Object.entries(details).filter(([key]) => !key.startsWith('x_cb_') && key !== 'roles');
  return Object.fromEntries(kept.map(([key, value]) => [key, isDict(value) ? normal(value) : plain(key, value)]));
}

async function assertWelcome(
  peer: Peer,
  word: WireMessage | null,
  expected: Dict,
  origin: { authmethod: string; authprovider: string },
): Promise<void> {
  assert.equal(word?.[0], 2, JSON.stringify(word));
  assert.deepEqual(normal(word?.[2]), { ...expected, ...origin });
  await bench.sessionDetails(word?.[1]);
  assert.equal(bench.left().sessions, 1);
  peer.say(6, {}, 'wamp.close.normal');
  assert.deepEqual(await hear(peer), [6, {}, 'wamp.close.goodbye_and_out']);
  peer.cut();
}

async function assertAbort(peer: Peer, word: WireMessage | null, uri: string, expected: Dict): Promise<void> {
  assert.equal(word?.[0], 3, JSON.stringify(word));
  assert.deepEqual([normal(word?.[1]), word?.[2]], [{ ...expected, message: named(expected['message']) }, uri]);
  assert.equal(await hear(peer), null, 'the router ends the connection');
  peer.cut();
}

function named(message: unknown): string {
  return String(message).replace('<sha1>', bench.unlisted);
}

/** Nothing is left, not even a cookie that would let somebody in. */
async function assertNothingLeft(carrier: Carrier): Promise<void> {
  // The client is gone: where it polled, the router learns that in time.
  if (carrier === 'longpoll') await outlast();
  await bench.cleared();
  assert.deepEqual(bench.left(), NOTHING);
}

async function assertCookieIsNobody(kind: Kind, carrier: Carrier, cookie: string | null): Promise<void> {
  assert(cookie !== null);
  cookies.add(cookie.slice(cookie.indexOf('=') + 1));
  const peer = await bench.connect(kind, carrier, { cookie });
  peer.say(1, 'realm1', { roles: { caller: {} }, authmethods: ['cookie'] });
  const word = await hear(peer);
  assert.deepEqual([word?.[0], word?.[2]], [3, 'wamp.error.no_auth_method']);
  peer.cut();
  await assertNothingLeft(carrier);
}

async function tryCell(method: Method, kind: Kind, fate: Fate, cell: Cell): Promise<void> {
  bench.judge = conductOfAuthenticator(fate);
  if (fate === 'authenticator absent') await bench.closeAuthenticator();
  for (const carrier of CARRIERS[method]) {
    const { shown = 'listed' } = clientOf(method, conductOfClient(fate), 'realm1');
    const peer = await bench.connect(kind, carrier, { shown });
    if (cell.kind === 'gone') await leave(peer, method, kind, carrier);
    else {
      const word = await logIn(peer, method, fate);
      if (cell.kind === 'abort') await assertAbort(peer, word, cell.uri, cell.details);
      else if (cell.kind === 'welcome') {
        await assertWelcome(peer, word, cell.details, { authmethod: method, authprovider: kind });
      }
    }
    await assertNothingLeft(carrier);
    if (cell.kind !== 'welcome' && !(cell.kind === 'gone' && cell.decided) && BROWSED.has(carrier))
      await assertCookieIsNobody(kind, carrier, peer.cookie);
  }
  if (fate === 'authenticator absent') await bench.openAuthenticator();
}

for (const method of METHODS) {
  for (const kind of KINDS) {
    describe(`${method} × ${kind}`, { skip: SKIP, timeout: 60_000 }, () => {
      for (const fate of FATES) {
        const cell = CELLS[method][kind][fate];
        if (cell.kind === 'none') continue;
        const outcome = cell.kind === 'abort' ? cell.uri : cell.kind;
        it(`${fate}: ${outcome}`, () => tryCell(method, kind, fate, cell));
      }
    });
  }
}

/** Comes in by ticket, and goes. @returns the cookie that stands for it */
async function cookieOfLogin(kind: Kind, carrier: Carrier): Promise<string> {
  bench.judge = conductOfAuthenticator('good');
  const peer = await bench.connect(kind, carrier);
  await assertWelcome(peer, await logIn(peer, 'ticket', 'good'), WELCOME_BY_TICKET, {
    authmethod: 'ticket',
    authprovider: kind,
  });
  assert(peer.cookie !== null);
  cookies.add(peer.cookie.slice(peer.cookie.indexOf('=') + 1));
  await assertNothingLeft(carrier);
  return peer.cookie;
}

const WELCOME_BY_TICKET = { realm: 'realm1', authid: 'user1', authrole: 'user', authextra: {} };
const MADE_UP = `cbtid=${'A'.repeat(24)}`;

async function tryCookieCell(kind: Kind, fate: Fate, cell: Cell): Promise<void> {
  for (const carrier of COOKIE_CARRIERS) {
    const known = await cookieOfLogin(kind, carrier);
    bench.judge = conductOfAuthenticator(fate);
    if (fate === 'authenticator absent') await bench.closeAuthenticator();
    const cookie = fate === 'wrong' ? MADE_UP : fate === 'unknown user' ? null : known;
    const peer = await bench.connect(kind, carrier, { cookie });
    peer.say(1, realmOf(fate), { roles: { caller: {} }, authmethods: ['cookie'], authid: 'somebody' });
    if (cell.kind === 'gone') peer.cut();
    else if (cell.kind === 'abort') await assertAbort(peer, await hear(peer), cell.uri, cell.details);
    else if (cell.kind === 'welcome') {
      const origin = { authmethod: 'ticket', authprovider: 'cookie' };
      await assertWelcome(peer, await hear(peer), cell.details, origin);
    }
    await assertNothingLeft(carrier);
    await logOut(kind, carrier, known);
    await assertCookieIsNobody(kind, carrier, known);
    if (fate === 'authenticator absent') await bench.openAuthenticator();
  }
}

/** Who logs out takes the cookie along. */
async function logOut(kind: Kind, carrier: Carrier, cookie: string): Promise<void> {
  const peer = await bench.connect(kind, carrier, { cookie });
  peer.say(1, 'realm1', { roles: { caller: {} }, authmethods: ['cookie'] });
  assert.equal((await hear(peer))?.[0], 2);
  peer.say(6, {}, 'wamp.close.logout');
  assert.equal((await hear(peer))?.[0], 6);
  peer.cut();
  await assertNothingLeft(carrier);
}

for (const kind of KINDS) {
  describe(`cookie × ${kind}, which let somebody in before`, { skip: SKIP, timeout: 60_000 }, () => {
    for (const fate of FATES) {
      const cell = COOKIE_CELLS[kind][fate];
      if (cell.kind === 'none') continue;
      const outcome = cell.kind === 'abort' ? cell.uri : cell.kind;
      it(`${fate}: ${outcome}`, () => tryCookieCell(kind, fate, cell));
    }
  });
}

describe('what there is not', () => {
  it('is said why', () => {
    const rows = [
      ...METHODS.flatMap((method) => KINDS.map((kind) => CELLS[method][kind])),
      ...Object.values(COOKIE_CELLS),
    ];
    for (const row of rows) {
      for (const cell of Object.values(row)) if (cell.kind === 'none') assert.match(cell.because, /\w+ \w+/);
    }
  });

  for (const method of METHODS) {
    it(`${method} × function, without its module: the router does not start`, async () => {
      const backend = method.endsWith('-proxy') ? { proxy_backend: true } : {};
      const auth = { [method]: { type: 'function', create: './absent.mjs#create', ...backend } };
      const transports = [{ type: 'rawsocket', endpoint: { type: 'unix', path: 'absent.sock' }, auth }];
      const starting = createRouter({ realms: [{ name: 'realm1', roles: [{ name: 'user' }] }], transports });
      await assert.rejects(starting, {
        message:
          /^function authenticator "\.\/absent\.mjs#create": the module "\.\/absent\.mjs" cannot be imported: Cannot find module/,
      });
    });
  }

  it('cookie × dynamic and function: it has no authenticator of its own, and the configuration says so', () => {
    const problemsOf = (cookie: object) => {
      const auth = { cookie, anonymous: { type: 'static' } };
      const transports = [{ type: 'websocket', endpoint: { type: 'unix', path: 'cookie.sock' }, auth, cookie: {} }];
      const realms = [{ name: 'realm1', roles: [{ name: 'anonymous', 'allow-by-default': true }] }];
      const node = JSON.stringify({ version: 2, workers: [{ type: 'router', realms, transports }] });
      const { warnings } = parseConfig(node, { file: 'configuration', env: {} });
      return warnings.map(({ message }) => message);
    };
    const unasked = 'has no effect here: a cookie stands for a former login, and nobody is asked again';
    assert.deepEqual(problemsOf({}), []);
    assert.deepEqual(problemsOf({ type: 'static' }), []);
    assert.deepEqual(problemsOf({ type: 'dynamic', authenticator: 'com.example.authenticate' }), [unasked]);
    assert.deepEqual(problemsOf({ type: 'function', create: './auth.mjs#create' }), [unasked]);
  });
});

describe('after all these logins', { skip: SKIP }, () => {
  const holding = (secrets: Iterable<string>, texts: readonly string[]) =>
    [...secrets].flatMap((secret) => texts.filter((text) => text.includes(secret)));

  it('no line of the log holds a secret, or what a client proved itself by', () => {
    assert.ok(bench.lines.lines.length > 1_000);
    assert.ok(cookies.size > 100);
    assert.deepEqual(holding([...SECRETS, ...cookies], bench.lines.lines), []);
  });

  it('no client has read a secret, in ABORT, CHALLENGE or WELCOME', () => {
    assert.ok(read.length > 1_000);
    const texts = read.map((message) => JSON.stringify(message));
    assert.deepEqual(holding([...SECRETS, ...cookies], texts), []);
  });

  it('[row 50] the router proves itself to nobody who has not', () => {
    const told = read.filter((message) => message[0] !== 2).map((message) => JSON.stringify(message));
    assert.deepEqual(holding(['scram_server_signature', 'verifier', 'server-key'], told), []);
  });

  it('nobody else was told a secret, by meta events or of a session', () => {
    assert.ok(bench.told.length > 300);
    assert.match(bench.told.join(), /user1/);
    assert.deepEqual(holding([...SECRETS, ...cookies, 'scram_server_signature', 'verifier'], bench.told), []);
  });
});
