import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Authorization, PendingAuthorization } from '../../src/authorization/authorizer.ts';
import { UniformPermissions } from '../../src/authorization/permissions.ts';
import { Result } from '../../src/client/result.ts';
import { Realm } from '../../src/router/realm.ts';
import { TRUSTED } from '../../src/router/role.ts';
import { Router } from '../../src/router/router.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { type Caller, CallForbidden, SEVERAL_RESULTS } from '../../src/wamp/roles.ts';
import { joinLocally } from '../../src/worker/local-session.ts';
import { ServiceSessions } from '../../src/worker/service-sessions.ts';
import { SessionHost } from '../../src/worker/session-host.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settle } from '../support/scripted-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';

function pending(authorization: Authorization): PendingAuthorization {
  return { allow: null, decision: Promise.resolve(authorization), cancel: () => {} };
}

const CALLERS = [
  { name: 'forbidden', authorizer: new UniformPermissions(false, false) },
  { name: 'allowed', authorizer: new UniformPermissions(true, false) },
  { name: 'forbidden when asked', authorizer: { authorize: () => pending({ allow: false, disclose: false }) } },
  { name: 'allowed when asked', authorizer: { authorize: () => pending({ allow: true, disclose: false }) } },
];

let clock: FakeClock;
let flusher: Flusher;
let realm: Realm;
let host: SessionHost;
let services: ServiceSessions;

beforeEach(() => {
  const [ids, router] = [countingIds(), new Router()];
  clock = new FakeClock();
  flusher = new Flusher();
  realm = new Realm({ name: 'realm1', roles: CALLERS }, { clock, ids, log: SILENT });
  router.add(realm);
  const identity = { node: 'node1', worker: 'worker1', pid: 4711 };
  host = new SessionHost({
    router,
    clock,
    ids,
    flusher,
    log: SILENT,
    identity,
    maxConnections: 1_000,
    maxOutboxes: LIMITS.outboxes,
  });
  services = new ServiceSessions(host, router, { clock, flusher, log: SILENT, pid: 4711 });
});

function caller(role: string | null = null): Caller {
  const found = services.callerFor('realm1', role);
  assert(typeof found !== 'string');
  return found;
}

/** Calls what nobody has registered, several times at once. */
async function callAtOnce(): Promise<void> {
  const calls = Array.from({ length: 5 }, () =>
    assert.rejects(
      caller().call('com.example.nothing', []),
      (error) => error instanceof WampError && error.uri === 'wamp.error.no_such_procedure',
    ),
  );
  await Promise.all(calls);
}

describe('sessions of the router itself', () => {
  it('are joined once for all who call at once', async () => {
    await callAtOnce();
    assert.equal(realm.counts.sessions, 1);
  });

  it('are joined anew, and once, where they have ended', async () => {
    await callAtOnce();
    await host.close();
    await settle();
    assert.equal(realm.counts.sessions, 0);
    await callAtOnce();
    assert.equal(realm.counts.sessions, 1);
  });

  it('tell one result from several, which are no answer', async () => {
    const principal = { realm, role: TRUSTED, authid: 'callee' };
    const callee = await joinLocally(host, principal, { clock, flusher, log: SILENT, pid: 4711 });
    const answers = [
      new Result(['user']),
      new Result(['user', 'user']),
      new Result([], { role: 'user' }),
      new Result([]),
    ];
    await callee.register('com.example.authenticate', () => answers.shift());
    const answer = (): Promise<unknown> => caller().call('com.example.authenticate', []);
    assert.deepEqual(
      [await answer(), await answer(), await answer(), await answer()],
      ['user', SEVERAL_RESULTS, SEVERAL_RESULTS, undefined],
    );
  });

  for (const { name } of CALLERS) {
    it(`tell that they may not call from what a callee says in the same words: ${name}`, async () => {
      const principal = { realm, role: TRUSTED, authid: 'callee' };
      const callee = await joinLocally(host, principal, { clock, flusher, log: SILENT, pid: 4711 });
      const words = 'session is not authorized to call procedure "com.example.authenticate" on realm "realm1"';
      await callee.register('com.example.authenticate', () => {
        throw new WampError('wamp.error.not_authorized', [words]);
      });
      await assert.rejects(caller(name).call('com.example.authenticate', []), (error) => {
        assert(error instanceof WampError);
        assert.equal(error.uri, 'wamp.error.not_authorized');
        assert.equal(error instanceof CallForbidden, name.startsWith('forbidden'));
        assert.equal(error.args[0] === words, name.startsWith('allowed'));
        return true;
      });
    });
  }

  it('are not there for a realm or a role that is not', () => {
    assert.equal(services.callerFor('nowhere', null), 'no such realm');
    assert.equal(services.callerFor('realm1', 'nobody'), 'no such role');
  });
});
