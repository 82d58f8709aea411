import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Realm } from '../../src/router/realm.ts';
import { Router } from '../../src/router/router.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { SILENT } from '../../src/wamp/log.ts';
import type { Caller } from '../../src/wamp/roles.ts';
import { ServiceSessions } from '../../src/worker/service-sessions.ts';
import { SessionHost } from '../../src/worker/session-host.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settle } from '../support/scripted-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';

let realm: Realm;
let host: SessionHost;
let services: ServiceSessions;

beforeEach(() => {
  const [clock, ids, flusher, router] = [new FakeClock(), countingIds(), new Flusher(), new Router()];
  realm = new Realm({ name: 'realm1', roles: [] }, { clock, ids, log: SILENT });
  router.add(realm);
  const identity = { node: 'node1', worker: 'worker1', pid: 4711 };
  host = new SessionHost({ router, clock, ids, flusher, log: SILENT, identity, maxConnections: 1_000 });
  services = new ServiceSessions(host, router, 'worker1', { clock, flusher, log: SILENT, pid: 4711 });
});

function caller(): Caller {
  const found = services.callerFor('realm1', null);
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

  it('are not there for a realm or a role that is not', () => {
    assert.equal(services.callerFor('nowhere', null), 'no such realm');
    assert.equal(services.callerFor('realm1', 'nobody'), 'no such role');
  });
});
