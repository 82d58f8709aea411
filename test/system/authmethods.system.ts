/** Logins by proof against a real router over real sockets: each authmethod × who says who the client is. */
import assert from 'node:assert/strict';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ClientSession } from '../../src/client/client-session.ts';
import { connect } from '../../src/client/connect.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { CREDENTIALS, METHODS, type Method, proverOf } from './provers.ts';

const TYPES = ['static', 'dynamic', 'function'] as const;
const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };

let router: EmbeddedRouter;
let directory: string;
let authenticator: ClientSession;

before(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-'));
  await fs.writeFile(path.join(directory, 'package.json'), '{"type":"module"}');
  await fs.writeFile(
    path.join(directory, 'auth.js'),
    'export const create = (users) => (realm, authid) => ({ ...users[authid], realm: "realm2", extra: { asked: realm } });',
  );
  const roles = [
    { name: 'user', permissions: [{ uri: 'com.example.*', allow: EVERYTHING }] },
    { name: 'authenticator', permissions: [{ uri: '*', allow: { register: true } }] },
  ];
  router = await createRouter(
    {
      realms: [
        { name: 'realm1', roles },
        { name: 'realm2', roles },
      ],
      transports: METHODS.flatMap((method) => TYPES.map((type) => transport(method, type))),
    },
    { cbdir: directory },
  );
  authenticator = await router.join({ realm: 'realm1', role: 'authenticator', authid: 'authenticator' });
  for (const method of METHODS) {
    await authenticator.register(`com.example.authenticate.${method}`, ([realm, authid]) => {
      if (authid !== 'joe') throw new WampError('com.example.no_such_user', ['there is no such user']);
      return { ...CREDENTIALS[method].answer, realm: 'realm2', extra: { asked: realm } };
    });
  }
});

after(async () => {
  await authenticator.leave();
  await router.close();
  await fs.rm(directory, { recursive: true });
});

function transport(method: Method, type: (typeof TYPES)[number]): object {
  const { table, principal, answer } = CREDENTIALS[method];
  const common = { type, 'default-role': 'user' };
  const entry = {
    static: { ...common, [table]: { joe: { ...principal, realm: 'realm2' } } },
    dynamic: { ...common, authenticator: `com.example.authenticate.${method}`, 'authenticator-realm': 'realm1' },
    function: { ...common, create: './auth.js#create', config: { joe: answer } },
  };
  const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const auth = { [method]: entry[type] };
  return type === 'dynamic' ? { type: 'rawsocket', endpoint, auth } : { type: 'websocket', endpoint, auth };
}

function logIn(
  method: Method,
  type: (typeof TYPES)[number],
  { authid = 'joe', right = true, prover = proverOf(method, { authid, right }) } = {},
) {
  const port = router.ports[METHODS.indexOf(method) * TYPES.length + TYPES.indexOf(type)];
  const url = type === 'dynamic' ? `rs://127.0.0.1:${port}` : `ws://127.0.0.1:${port}/`;
  const { authextra, onChallenge } = prover;
  return connect({ url, realm: 'realm1', authid, authmethods: [method], authextra, onChallenge });
}

for (const method of METHODS) {
  for (const type of TYPES) {
    describe(`${method}, ${type}`, () => {
      it('lets in who proves it, to the realm that the router says', async () => {
        const prover = proverOf(method, { authid: 'joe', right: true });
        const session = await logIn(method, type, { prover });
        assert.deepEqual([session.realm, session.authid, session.authrole], ['realm2', 'joe', 'user']);
        if (type !== 'static') assert.equal(session.authextra?.['asked'], 'realm1');
        prover.verify?.(session.authextra ?? {});
        await session.leave();
      });

      it('keeps out who does not, and tells nobody who exists', async () => {
        const refusal = { name: 'WampError', uri: 'wamp.error.not_authorized', args: [CREDENTIALS[method].refusal] };
        await assert.rejects(logIn(method, type, { right: false }), refusal);
        if (type !== 'static') return;
        await assert.rejects(logIn(method, type, { authid: 'nobody' }), refusal);
        await assert.rejects(logIn(method, type, { authid: 'nobody', right: false }), refusal);
      });

      it('logs in many at once', async () => {
        const sessions = await Promise.all(Array.from({ length: 20 }, () => logIn(method, type)));
        assert.equal(new Set(sessions.map(({ id }) => id)).size, 20);
        await Promise.all(sessions.map((session) => session.leave()));
      });
    });
  }

  it(`${method}: an authenticator's refusal comes in its words`, async () => {
    const refusal = { uri: 'com.example.no_such_user', args: ['there is no such user'] };
    await assert.rejects(logIn(method, 'dynamic', { authid: 'nobody' }), refusal);
  });

  it(`${method}: an answer that proves nothing is refused at once`, async () => {
    // The function knows nobody else, so its answer holds no credentials.
    await assert.rejects(logIn(method, 'function', { authid: 'nobody' }), { uri: 'wamp.error.authentication_failed' });
  });
}
