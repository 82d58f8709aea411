/** Cookie tracking and cookie logins over real sockets. Rows 20, 54 and 55. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import WebSocket from 'ws';
import { createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

const lines = new LogLines();
const directory = mkdtempSync(join(tmpdir(), 'turnpike-cookies-'));
const routers = new Set<EmbeddedRouter>();
const sockets = new Set<WebSocket>();

after(async () => {
  await Promise.all([...routers].map((router) => router.close()));
  rmSync(directory, { recursive: true });
});

interface Setting {
  readonly cookie?: object;
  readonly auth?: object;
  readonly options?: object;
  readonly roles?: readonly string[];
  readonly realm?: string;
}

const TICKET = { ticket: { type: 'static', principals: { peter: { ticket: 'canary-ticket', role: 'user' } } } };
const ALLOW = { call: true, register: true, publish: true, subscribe: true };

async function start({
  cookie = {},
  auth = { cookie: {}, ...TICKET },
  ...more
}: Setting = {}): Promise<EmbeddedRouter> {
  const { roles = ['user', 'anonymous'], options = {}, realm = 'realm1' } = more;
  const permissions = [{ uri: '*', allow: ALLOW }];
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const router = await createRouter(
    {
      realms: [{ name: realm, roles: roles.map((name) => ({ name, permissions })) }],
      transports: [{ type: 'websocket', endpoint, cookie, options, ...(auth !== null && { auth }) }],
    },
    { cbdir: directory, log: lines.log },
  );
  routers.add(router);
  return router;
}

/** Clients that do not say goodbye would be waited for. */
async function stop(router: EmbeddedRouter): Promise<void> {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
  routers.delete(router);
  await router.close();
}

type Message = readonly unknown[];

/** A connection of a browser. */
class Tab {
  readonly socket: WebSocket;
  readonly setCookie: string | null;
  readonly #inbox: Message[] = [];
  #wake: (() => void) | null = null;

  private constructor(socket: WebSocket, setCookie: string | null) {
    this.socket = socket;
    this.setCookie = setCookie;
    socket.on('message', (data) => {
      this.#inbox.push(JSON.parse(String(data)));
      this.#wake?.();
    });
  }

  static async open(router: EmbeddedRouter, headers: Record<string, string> = {}): Promise<Tab> {
    const socket = new WebSocket(`ws://127.0.0.1:${router.ports[0]}/`, 'wamp.2.json', { headers });
    sockets.add(socket);
    const opened = once(socket, 'open');
    const [response] = (await once(socket, 'upgrade')) as [IncomingMessage];
    const tab = new Tab(socket, response.headers['set-cookie']?.[0] ?? null);
    await opened;
    return tab;
  }

  say(...message: Message): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear(): Promise<Message> {
    while (this.#inbox.length === 0) {
      assert.notEqual(this.socket.readyState, WebSocket.CLOSED, 'the connection is gone');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.socket.once('close', resolve);
      });
    }
    return this.#inbox.shift()!;
  }

  async hello(authmethods: readonly string[], more: object = {}, realm: string | null = 'realm1'): Promise<Message> {
    this.say(1, realm, { roles: { caller: {} }, authmethods, ...more });
    const answer = await this.hear();
    if (answer[0] !== 4) return answer;
    this.say(5, 'canary-ticket', {});
    return this.hear();
  }

  async end(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** A browser: it keeps its cookie. */
class Browser {
  cookie: string | null = null;

  async open(router: EmbeddedRouter, headers: Record<string, string> = {}): Promise<Tab> {
    const tab = await Tab.open(router, { ...headers, ...(this.cookie !== null && { Cookie: this.cookie }) });
    if (tab.setCookie !== null) this.cookie = tab.setCookie.split(';')[0]!;
    return tab;
  }

  async logIn(router: EmbeddedRouter): Promise<Tab> {
    const tab = await this.open(router);
    const [code] = await tab.hello(['ticket'], { authid: 'peter' });
    assert.equal(code, 2);
    return tab;
  }

  /** The details of the WELCOME, or the ABORT, that the cookie alone leads to. */
  async restore(router: EmbeddedRouter, authmethods = ['cookie']): Promise<Message> {
    const tab = await this.open(router);
    const answer = await tab.hello(authmethods, { authid: 'peter' });
    await tab.end();
    return answer;
  }
}

function detailsOf(welcome: Message): Record<string, unknown> {
  assert.equal(welcome[0], 2, JSON.stringify(welcome));
  return welcome[2] as Record<string, unknown>;
}

describe('Set-Cookie', () => {
  it('is in the answer to the upgrade, in Crossbar’s words', async () => {
    const router = await start();
    const tab = await Tab.open(router);
    assert.match(tab.setCookie!, /^cbtid=[A-Za-z0-9_-]{24};max-age=604800$/);
    await stop(router);
  });

  it('has the attributes that are configured', async () => {
    const router = await start({
      cookie: {
        name: 'sid',
        max_age: 60,
        secure: true,
        http_strict: true,
        same_site: 'Lax',
        domain: 'a.example',
        path: '/',
      },
    });
    const { setCookie } = await Tab.open(router);
    assert.match(setCookie!, /^sid=[\w-]{24};max-age=60;Secure;HttpOnly;SameSite=Lax;Domain=a.example;Path=\/$/);
    await stop(router);
  });
});

describe('a login by cookie', () => {
  it('is as the login that it stands for, with "cookie" as its provider', async () => {
    const router = await start();
    const browser = new Browser();
    await browser.logIn(router);
    const { realm, authid, authrole, authmethod, authprovider } = detailsOf(await browser.restore(router));
    assert.deepEqual(
      [realm, authid, authrole, authmethod, authprovider],
      ['realm1', 'peter', 'user', 'ticket', 'cookie'],
    );
    await stop(router);
  });

  it('goes to the realm of that login, whatever is asked for', async () => {
    const router = await start();
    const browser = new Browser();
    await browser.logIn(router);
    const tab = await browser.open(router);
    assert.equal(detailsOf(await tab.hello(['cookie'], {}, 'other-realm'))['realm'], 'realm1');
    await stop(router);
  });

  it('that cannot be falls through to the next authmethod', async () => {
    const router = await start();
    const browser = new Browser();
    browser.cookie = 'cbtid=AAAAAAAAAAAAAAAAAAAAAAAA';
    assert.equal(detailsOf(await browser.restore(router, ['cookie', 'ticket']))['authprovider'], 'static');
    assert.equal(detailsOf(await browser.restore(router, ['cookie', 'ticket']))['authprovider'], 'cookie');
    await stop(router);
  });

  it('alone, where there is none, is told so', async () => {
    const router = await start();
    const [code, details, reason] = await new Browser().restore(router);
    assert.deepEqual([code, reason], [3, 'wamp.error.no_auth_method']);
    assert.match(String((details as { message: string }).message), /\['cookie'\]/);
    await stop(router);
  });

  it('is nobody’s where `auth` has nothing but cookies', async () => {
    const router = await start({ auth: { cookie: {} } });
    const [code, , reason] = await new Browser().restore(router, ['anonymous']);
    assert.deepEqual([code, reason], [3, 'wamp.error.no_auth_method']);
    await stop(router);
  });

  it('of a page of a foreign origin is none; of a listed one it is', async () => {
    const options = { allowed_origins: ['*', 'https://app.example.com'] };
    const router = await start({ options });
    const browser = new Browser();
    await browser.logIn(router);
    for (const [origin, counts] of [
      ['https://evil.example', false],
      ['null', false],
      ['https://app.example.com.evil.example', false],
      ['https://app.example.com', true],
      [`http://127.0.0.1:${router.ports[0]}`, true],
    ] as const) {
      const tab = await browser.open(router, { Origin: origin });
      assert.equal(tab.setCookie, null);
      const [code] = await tab.hello(['cookie']);
      assert.equal(code, counts ? 2 : 3, origin);
      await tab.end();
    }
    await stop(router);
  });
});

describe('[row 54] [row 135] what a login by cookie stood for has gone', () => {
  for (const [what, setting, reason, text] of [
    [
      'the role',
      { roles: ['admin'] },
      'wamp.error.no_such_role',
      'session was previously authenticated (via transport), but role "user" no longer exists on realm "realm1"',
    ],
    ['the realm', { realm: 'realm2' }, 'wamp.error.no_such_realm', 'no realm "realm1" exists on this router'],
  ] as const) {
    it(`${what}: ABORT ${reason}`, async () => {
      const cookie = { store: { type: 'file', filename: `gone-${what.slice(4)}` } };
      const before = await start({ cookie });
      const browser = new Browser();
      await browser.logIn(before);
      await stop(before);
      const auth = { cookie: {}, anonymous: { type: 'static', role: 'roles' in setting ? 'admin' : 'user' } };
      const router = await start({ cookie, auth, ...setting });
      assert.deepEqual(await browser.restore(router), [3, { message: text }, reason]);
      await stop(router);
    });
  }
});

describe('[row 55] a logout', () => {
  for (const store of [
    { type: 'file', filename: 'logout.jsonl' },
    { type: 'database', path: 'logout.db' },
  ]) {
    it(`ends the login, its other tabs, and stays after a restart (${store.type})`, async () => {
      const cookie = { store };
      const router = await start({ cookie });
      const [browser, other] = [new Browser(), new Browser()];
      const first = await browser.logIn(router);
      const second = await browser.open(router);
      await second.hello(['cookie']);
      await other.logIn(router);
      assert.equal(router.sessions, 3);
      second.say(6, {}, 'wamp.close.logout');
      assert.deepEqual(await second.hear(), [6, {}, 'wamp.close.goodbye_and_out']);
      assert.deepEqual((await first.hear()).slice(0, 3).at(-1), 'wamp.close.logout');
      first.say(6, {}, 'wamp.close.goodbye_and_out');
      await once(first.socket, 'close');
      const { cookie: dead } = browser;
      assert.equal((await browser.restore(router))[0], 3);
      await stop(router);

      const again = await start({ cookie });
      browser.cookie = dead;
      assert.equal((await browser.restore(again))[0], 3);
      assert.equal(detailsOf(await other.restore(again))['authid'], 'peter');
      await stop(again);
    });
  }

  it('is a plain GOODBYE where there are no cookies', async () => {
    const router = await start({ auth: TICKET });
    const tab = await Tab.open(router, { Origin: 'https://evil.example' });
    await tab.hello(['ticket'], { authid: 'peter' });
    tab.say(6, {}, 'wamp.close.logout');
    assert.deepEqual(await tab.hear(), [6, {}, 'wamp.close.goodbye_and_out']);
    assert.equal(detailsOf(await tab.hello(['ticket'], { authid: 'peter' }))['authid'], 'peter');
    await stop(router);
  });
});

describe('an authenticator', () => {
  it('is told the cookie, in both of Crossbar’s words for it', async () => {
    const dynamic = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm1' };
    const router = await start({ auth: { cookie: {}, ticket: dynamic } });
    const session = await router.join({ realm: 'realm1' });
    let seen: Record<string, unknown> = {};
    await session.register('com.example.authenticate', ([, , details]) => {
      seen = (details as { transport: Record<string, unknown> }).transport;
      return { role: 'user', extra: { tenant: 7 } };
    });
    const browser = new Browser();
    const tab = await browser.logIn(router);
    const id = browser.cookie!.slice('cbtid='.length);
    assert.equal(seen['http_cbtid'], id);
    assert.equal(seen['cbtid'], id);
    assert.deepEqual({ ...(seen['http_headers_sent'] as object) }, { 'Set-Cookie': tab.setCookie });
    const { authextra, authprovider } = detailsOf(await browser.restore(router));
    assert.equal((authextra as { tenant: number }).tenant, 7);
    assert.equal(authprovider, 'cookie');
    await stop(router);
  });
});

describe('cookies that only track', () => {
  it('give anonymous clients an authid that stays, and that is not the cookie', async () => {
    const router = await createOpen();
    const browser = new Browser();
    const { authid } = detailsOf(await browser.restore(router, ['anonymous']));
    assert.equal(detailsOf(await browser.restore(router, ['anonymous']))['authid'], authid);
    assert.ok(!browser.cookie!.includes(String(authid)));
    assert.equal((await browser.restore(router, ['cookie']))[0], 3);
    await stop(router);
  });

  async function createOpen(): Promise<EmbeddedRouter> {
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const realms = [{ name: 'realm1', roles: [{ name: 'anonymous', permissions: [{ uri: '*', allow: ALLOW }] }] }];
    const router = await createRouter(
      { realms, transports: [{ type: 'websocket', endpoint, cookie: {} }] },
      { cbdir: directory, log: lines.log },
    );
    routers.add(router);
    return router;
  }
});

describe('the log', () => {
  it('has no cookie in it', () => {
    assert.ok(lines.lines.length > 20);
    assert.doesNotMatch(lines.all, /cbtid=|canary/);
  });
});
