/** Realms and roles that go, or come, while a client logs in: what is there at WELCOME counts, and nothing from before. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { UniformPermissions } from '../../src/authorization/permissions.ts';
import { Realm } from '../../src/router/realm.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { LoginFixture } from '../auth/login-fixture.ts';
import { PROOFS } from '../auth/proofs.ts';
import { settle } from '../support/scripted-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';
import { SessionBench } from './session-bench.ts';

const METHODS = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign'] as const;
const REALMS = ['realm1', 'realm2'] as const;

/** The roles of each realm; null: there is no such realm. */
type World = Readonly<Record<(typeof REALMS)[number], readonly string[] | null>>;

const roles = fc.option(fc.subarray(['user', 'admin']), { freq: 4 });
const world: fc.Arbitrary<World> = fc.record({ realm1: roles, realm2: roles });
const moments = fc.record({ atHello: world, whileAsked: world, atChallenge: world, whileAskedOfTheProof: world });
const answer = fc.record({ realm: fc.constantFrom(...REALMS), role: fc.constantFrom('user', 'admin', 'nobody') });

/** A router whose realms are replaced under the clients that log in. */
class ChangingRouter {
  readonly all: Realm[] = [];
  #now: ReadonlyMap<string, Realm> = new Map();
  readonly #ports;

  constructor({ clock }: SessionBench) {
    this.#ports = { clock, ids: countingIds(), log: SILENT };
  }

  change(world: World): void {
    const realms = REALMS.flatMap((name) => {
      const there = world[name]?.map((role) => ({ name: role, authorizer: new UniformPermissions(true, true) }));
      return there === undefined ? [] : [new Realm({ name, roles: there, metaApi: false }, this.#ports)];
    });
    this.all.push(...realms);
    this.#now = new Map(realms.map((realm) => [realm.name, realm]));
  }

  realm(name: string): Realm | undefined {
    return this.#now.get(name);
  }
}

/** What the client has to hear: of the world as it is when its login is decided, and of nothing else. */
function expected(world: World, { realm, role }: { realm: (typeof REALMS)[number]; role: string }): unknown[] {
  const roles = world[realm];
  if (roles === null) return [3, 'wamp.error.no_such_realm'];
  return roles.includes(role) ? [2, realm, role] : [3, 'wamp.error.no_such_role'];
}

describe('[row 135] realms and roles that change between HELLO and WELCOME', () => {
  for (const method of METHODS) {
    it(`${method}: a client is where it was sent, or nowhere`, async () => {
      const proof = PROOFS[method];
      await fc.assert(
        fc.asyncProperty(moments, answer, async (moments, answer) => {
          const bench = new SessionBench();
          const router = new ChangingRouter(bench);
          const common = { method, defaultRole: null, timeout: null };
          const asking = { type: 'dynamic', authenticator: 'com.example.authenticate' } as const;
          const logins = new LoginFixture([{ ...common, ...asking, realm: null, role: null, wait: 0 }]);
          let reply: (() => void) | null = null;
          logins.behaviour = () =>
            new Promise((resolve) => {
              reply = () => resolve({ ...answer, ...proof.credentials });
            });
          const line = bench.connect({ router, login: () => logins.login() });
          let now = moments.atHello;
          const become = (world: World) => {
            now = world;
            router.change(world);
          };
          const answerIfAsked = async (world: World) => {
            await settle();
            if (reply === null) return;
            become(world);
            reply();
            reply = null;
            await settle();
          };
          become(moments.atHello);
          const details = { roles: { caller: {} }, authmethods: [method], authid: 'user1', authextra: proof.authextra };
          line.say(1, 'realm1', details);
          await answerIfAsked(moments.whileAsked);
          let [message] = line.heard();
          if (message?.[0] === 4) {
            become(moments.atChallenge);
            line.say(5, proof.answer(message[2] as Record<string, unknown>), {});
            await answerIfAsked(moments.whileAskedOfTheProof);
            [message] = line.heard();
          }
          assert.equal(logins.calls.length, 1, 'the authenticator is asked once');
          const [code, , said] = message ?? [];
          const { realm, authrole } = (code === 2 ? said : {}) as { realm?: string; authrole?: string };
          assert.deepEqual(code === 2 ? [2, realm, authrole] : [code, said], expected(now, answer));
          const joined = router.all.filter(({ counts }) => counts.sessions > 0);
          assert.deepEqual(joined, code === 2 ? [router.realm(answer.realm)] : []);
          line.lose();
          assert.ok(router.all.every(({ counts }) => counts.sessions === 0));
          bench.assertClean();
          assert.equal(logins.clock.pending, 0);
        }),
        { numRuns: 60 },
      );
    });
  }
});
