/**
 * The login of Crossbar.io's page on dynamic authenticators: the authenticator is a client itself, in a realm of its
 * own, and may die and come back.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  type CallHandler,
  type ClientSession,
  type ConnectOptions,
  connect,
  createRouter,
  type EmbeddedRouter,
  WampError,
} from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

/** Secrets that no log line may hold, each used in one way or another below. */
const SECRETS = { user1: 'canary-123secret', authenticator: 'canary-door', wrong: 'canary-000secret' };
const PATIENCE = 300;

const lines = new LogLines();
let router: EmbeddedRouter;
let authenticator: ClientSession | null = null;

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const user = { name: 'user', permissions: [{ uri: 'com.example.try.', match: 'prefix', allow: { call: true } }] };
  const { authenticator: ticket } = SECRETS;
  router = await createRouter(
    {
      realms: [
        {
          name: 'realm-auth',
          roles: [
            {
              name: 'authenticator',
              permissions: [{ uri: 'com.example.authenticate', match: 'exact', allow: { register: true } }],
            },
            {
              name: 'intruder',
              permissions: [{ uri: 'com.example.', match: 'prefix', allow: { register: true, call: true } }],
            },
          ],
        },
        { name: 'realm-user1', roles: [user] },
      ],
      transports: [
        {
          type: 'websocket',
          endpoint,
          auth: {
            ticket: {
              type: 'dynamic',
              authenticator: 'com.example.authenticate',
              'authenticator-realm': 'realm-auth',
              'authenticator-timeout': PATIENCE,
            },
          },
        },
        {
          type: 'rawsocket',
          endpoint,
          auth: { ticket: { type: 'static', principals: { door: { ticket, role: 'authenticator' } } } },
        },
      ],
    },
    { log: lines.log },
  );
});

afterEach(async () => {
  await authenticator?.leave();
  authenticator = null;
});

after(() => router.close());

const asOnThePage: CallHandler = ([realm, authid, details]) => {
  const { ticket, session } = details as { ticket: string; session: number };
  if (authid !== 'user1' || ticket !== SECRETS.user1) {
    throw new WampError('com.example.invalid_ticket', ['that is not it']);
  }
  return {
    realm: 'realm-user1',
    role: 'user',
    extra: { 'my-custom-welcome-data': [1, 2, 3], asked: realm, session },
  };
};

async function startAuthenticator(answer: CallHandler): Promise<ClientSession> {
  const url = `rs://127.0.0.1:${router.ports[1]}`;
  const session = await connect({ url, realm: 'realm-auth', authid: 'door', ticket: SECRETS.authenticator });
  await session.register('com.example.authenticate', answer);
  authenticator = session;
  return session;
}

function logIn(more: Partial<ConnectOptions> = {}): Promise<ClientSession> {
  const url = `ws://127.0.0.1:${router.ports[0]}/`;
  return connect({ url, realm: null, authid: 'user1', ticket: SECRETS.user1, ...more });
}

/** The sessions of clients come down to `count`, within a moment: the router hears of the end a little later. */
async function sessionsAre(count: number): Promise<void> {
  for (let patience = 200; router.sessions !== count && patience > 0; patience--) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(router.sessions, count);
}

describe('the login of the page', () => {
  it('lets user1 in without a realm: realm, role and custom data come from the authenticator', async () => {
    await startAuthenticator(asOnThePage);
    const session = await logIn();
    assert.equal(session.realm, 'realm-user1');
    assert.equal(session.authid, 'user1');
    assert.equal(session.authrole, 'user');
    assert.equal(session.authmethod, 'ticket');
    assert.equal(session.authprovider, 'dynamic');
    assert.deepEqual(session.authextra['my-custom-welcome-data'], [1, 2, 3]);
    assert.equal(session.authextra['asked'], null);
    assert.equal(session.authextra['session'], session.id, 'the id that the session gets was told beforehand');
    await session.leave();
    await sessionsAre(1);
  });

  it('keeps a wrong ticket out, with the authenticator’s own reason and text', async () => {
    await startAuthenticator(asOnThePage);
    const refusal = { uri: 'com.example.invalid_ticket', args: ['that is not it'] };
    await assert.rejects(logIn({ ticket: SECRETS.wrong }), refusal);
    await assert.rejects(logIn({ authid: 'user2' }), refusal);
    await sessionsAre(1);
  });

  it('decides many logins at once', async () => {
    await startAuthenticator(asOnThePage);
    const logins = Array.from({ length: 100 }, (_, n) => logIn(n % 2 === 0 ? {} : { ticket: SECRETS.wrong }));
    const outcomes = await Promise.allSettled(logins);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      outcomes.map((_, n) => (n % 2 === 0 ? 'fulfilled' : 'rejected')),
    );
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.leave();
    await sessionsAre(1);
  });
});

describe('without its authenticator, a login fails closed (K6, K7)', () => {
  const noneThere = { uri: 'wamp.error.no_such_procedure', args: ['no authenticator is available'] };

  it('at once where there is none, without its name; and heals when it comes back', async () => {
    await assert.rejects(logIn(), noneThere);
    const first = await startAuthenticator(asOnThePage);
    await (await logIn()).leave();
    await first.leave();
    await assert.rejects(logIn(), noneThere);
    await startAuthenticator(asOnThePage);
    await (await logIn()).leave();
    await sessionsAre(1);
  });

  it('at once where it dies while it decides', async () => {
    let called: () => void = () => {};
    const call = new Promise<void>((resolve) => {
      called = resolve;
    });
    const dying = await startAuthenticator(() => {
      called();
      return new Promise(() => {});
    });
    const login = assert.rejects(logIn(), { uri: 'wamp.error.canceled' });
    await call;
    await dying.leave();
    await login;
    await sessionsAre(0);
  });

  it('in time where it never answers, and its call is cancelled', async () => {
    let tellCancelled = (): void => {};
    const cancelled = new Promise<void>((resolve) => {
      tellCancelled = resolve;
    });
    await startAuthenticator((_args, _kwargs, { signal }) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          tellCancelled();
          reject(signal.reason);
        });
      });
    });
    const startedAt = performance.now();
    await assert.rejects(logIn(), { uri: 'wamp.error.authentication_failed' });
    const took = performance.now() - startedAt;
    assert.ok(took >= PATIENCE - 10 && took < PATIENCE + 2_000, `${took} ms`);
    await sessionsAre(1);
    // The router told the client first; nobody says which of the two hears it first.
    await cancelled;
  });
});

describe('the authenticator’s procedure', () => {
  it('[row 131] is nobody else’s to register or call (K27)', async () => {
    const intruder = await router.join({ realm: 'realm-auth', role: 'intruder', authid: 'intruder' });
    await startAuthenticator(asOnThePage);
    const refused = { name: 'WampError' };
    await assert.rejects(
      intruder.register('com.example.authenticate', () => 'user', { force: true } as object),
      refused,
    );
    await (await logIn()).leave();
    await intruder.leave();
  });
});

describe('the log (K8)', () => {
  it('[row 130] has lines about all this, and no secret in any of them', () => {
    assert.ok(lines.lines.length > 50);
    assert.match(lines.all, /login denied/);
    assert.match(lines.all, /session joined/);
    assert.deepEqual(
      lines.lines.filter((line) => line.includes('canary')),
      [],
    );
  });
});
