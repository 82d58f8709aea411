/**
 * Who is told a ticket: the authenticator that the transport and the realm name, and nobody else; not those who watch the
 * realms, not the authorizer of the call, not the log. What `turnpike auth test` shows of it: `test/cli/auth-test.system.ts`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type ClientSession, connect, createRouter, type EmbeddedRouter, WampError } from '../../src/index.ts';
import { LogLines } from './log-lines.ts';

const REALMS = ['realm1', 'realm2', 'realm-auth1', 'realm-auth2'] as const;
/** Where somebody decides about logins, by the place that the tickets are for. */
const PLACES = ['realm-auth1', 'realm-auth2', 'realm1', 'realm2'] as const;
type Place = (typeof PLACES)[number];

const lines = new LogLines();
/** The tickets that each authenticator was told, in order. */
const told = new Map<Place, unknown[]>(PLACES.map((place) => [place, []]));
/** All that anybody else has seen. */
const seen: unknown[] = [];
const sessions: ClientSession[] = [];
const watchers = new Map<string, ClientSession>();
let router: EmbeddedRouter;

before(async () => {
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const authenticator = 'com.example.authenticate';
  const asking = (more: object) => ({
    ticket: { type: 'dynamic', authenticator, 'authenticator-timeout': 200, ...more },
  });
  const user = { name: 'user', permissions: [] };
  const caller = { name: 'caller', authorizer: 'com.example.authorize' };
  router = await createRouter(
    {
      realms: REALMS.map((name) => ({ name, roles: [user, caller] })),
      transports: [
        { 'authenticator-realm': 'realm-auth1', 'authenticator-role': 'caller' },
        { 'authenticator-realm': 'realm-auth2' },
        {},
      ].map((more) => ({ type: 'websocket', endpoint, auth: asking(more), options: { max_failed_logins: 0 } })),
    },
    { log: lines.log },
  );
  for (const realm of REALMS) {
    const session = await joined(realm);
    watchers.set(realm, session);
    await watch(session);
  }
  for (const place of PLACES) {
    // The first is called by a role, which alone may register it then.
    const session = await joined(place, place === 'realm-auth1' ? 'caller' : 'trusted');
    await session.register(authenticator, ([, , details]) => decide(place, (details as { ticket: string }).ticket));
  }
});

after(async () => {
  for (const session of sessions) await session.leave();
  await router.close();
});

async function joined(realm: string, role = 'trusted'): Promise<ClientSession> {
  const session = await router.join({ realm, role });
  sessions.push(session);
  return session;
}

/** Somebody who may do everything, and looks at all that the realm tells of its sessions and procedures. */
async function watch(session: ClientSession): Promise<void> {
  await session.register('com.example.authorize', (args, kwargs, details) => {
    seen.push(['authorize', args, kwargs, { ...details, signal: null }]);
    return true;
  });
  const keep = (...event: unknown[]) => void seen.push(['event', ...event]);
  for (const topic of ['wamp.', 'com.']) await session.subscribe(topic, keep, { match: 'prefix' });
}

function decide(place: Place, ticket: string): unknown {
  told.get(place)?.push(ticket);
  if (ticket.includes('refused')) throw new WampError('com.example.refused', ['no']);
  if (ticket.includes('quoted')) throw new WampError('com.example.refused', [`not ${ticket}`]);
  if (ticket.includes('silence')) return new Promise(() => {});
  if (ticket.includes('rubbish')) return [ticket];
  return { role: ticket.includes('nobody') ? 'nobody' : 'user', extra: { mine: 1 } };
}

/** By the place that decides: the transport, and the realm that the client asks for. */
const DOORS: readonly (readonly [place: Place, transport: number, realm: string])[] = [
  ['realm-auth1', 0, 'realm1'],
  ['realm-auth2', 1, 'realm1'],
  ['realm1', 2, 'realm1'],
  ['realm2', 2, 'realm2'],
];

const ENDS = ['in', 'refused', 'quoted', 'silence', 'rubbish', 'nobody'];

describe('[row 130] a ticket', () => {
  it('is told to the authenticator of its transport and realm, and to no other', async () => {
    for (const [place, transport, realm] of DOORS) {
      for (const end of ENDS) {
        const url = `ws://127.0.0.1:${router.ports[transport]}/`;
        const login = connect({ url, realm, authid: 'peter', ticket: `canary-${place}-${end}` });
        const outcome = await login.catch((error: unknown) => error);
        assert.equal(outcome instanceof WampError, end !== 'in', `${place} ${end}: ${outcome}`);
        if (!(outcome instanceof WampError)) await look(outcome as ClientSession, realm);
      }
    }
    for (const place of PLACES) {
      assert.deepEqual(
        told.get(place),
        ENDS.map((end) => `canary-${place}-${end}`),
      );
    }
  });

  it('is in no event, answer, question to an authorizer or line of the log', () => {
    const kinds = new Set(seen.map((one) => (one as unknown[])[0]));
    assert.deepEqual([...kinds].sort(), ['authorize', 'event', 'told']);
    const all = inspect(seen, { depth: null, maxArrayLength: null, maxStringLength: null });
    for (const what of ['wamp.session.on_join', 'wamp.registration.on_register', 'com.example.authenticate']) {
      assert.ok(all.includes(what), what);
    }
    assert.ok(!all.includes('canary'));
    assert.ok(lines.lines.length >= DOORS.length * ENDS.length);
    assert.deepEqual(
      lines.lines.filter((line) => line.includes('canary')),
      [],
    );
  });
});

/** What the client itself, and whoever may ask, are told while it is there. */
async function look(client: ClientSession, realm: string): Promise<void> {
  for (const watcher of watchers.values()) {
    const all = (await watcher.call('wamp.registration.list')) as Record<string, number[]>;
    for (const id of Object.values(all).flat()) seen.push(['told', await watcher.call('wamp.registration.get', [id])]);
  }
  seen.push(['told', client.details, await watchers.get(realm)?.call('wamp.session.get', [client.id])]);
  await client.leave();
}
