/** Logins by proof with Autobahn|Python, whose own code signs, derives and verifies. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { pythonWith } from '../support/python-with.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const ROOT = repositoryRoot();
const DRIVER = path.join(ROOT, 'test', 'system', 'autobahn_login.py');
const NEEDED = 'import autobahn.asyncio.component, nacl, argon2, passlib';
const PYTHON = pythonWith(NEEDED);
const WITHOUT_PYTHON = PYTHON === null ? 'autobahn[serialization,encryption,scram] is absent from .venv' : false;

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const USER = 'foobar@example.com';

const AUTH = {
  wampcra: {
    type: 'static',
    users: {
      plain: { secret: 'secret2', role: 'user' },
      derived: { secret: 'DpHHRlQ6UNULJlP9J8WkPw==', salt: 'salt123', iterations: 100, keylen: 16, role: 'user' },
      password: { secret: 'secret123', salt: 'salt123', iterations: 100, keylen: 16, role: 'user' },
    },
  },
  cryptosign: { type: 'static', principals: { [USER]: { authorized_keys: [PUBLIC_KEY], role: 'user' } } },
  scram: {
    type: 'static',
    principals: {
      [USER]: {
        kdf: 'argon2id-13',
        iterations: 4096,
        memory: 512,
        salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
        'stored-key': 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
        'server-key': '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
        role: 'user',
      },
    },
  },
};

interface Login {
  readonly authmethod: keyof typeof AUTH;
  readonly authid: string;
  readonly right: object;
  readonly wrong: object;
  readonly refusal: string;
}

const CRA_REFUSAL = 'WAMP-CRA client signature is invalid';
const CRA_WRONG = { secret: 'wrong' };

const LOGINS: readonly Login[] = [
  ...Object.entries({ plain: 'secret2', derived: 'secret123', password: 'secret123' }).map(
    ([authid, secret]): Login => {
      return { authmethod: 'wampcra', authid, right: { secret }, wrong: CRA_WRONG, refusal: CRA_REFUSAL };
    },
  ),
  {
    authmethod: 'cryptosign',
    authid: USER,
    right: { privkey: SEED },
    wrong: { privkey: 'ab'.repeat(32) },
    refusal: 'signed message has invalid signature',
  },
  {
    authmethod: 'scram',
    authid: USER,
    right: { password: 'secret123', nonce: '' },
    wrong: { password: 'wrong', nonce: '' },
    refusal: 'SCRAM authentication failed',
  },
];

describe('Autobahn|Python', { skip: WITHOUT_PYTHON }, () => {
  let router: EmbeddedRouter;

  before(async () => {
    router = await createRouter({
      realms: [{ name: 'realm1', roles: [{ name: 'user', permissions: [{ uri: '*', allow: { call: true } }] }] }],
      transports: [{ type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 }, auth: AUTH }],
    });
  });

  after(() => router.close());

  for (const { authmethod, authid, right, wrong, refusal } of LOGINS) {
    for (const serializer of ['json', 'msgpack', 'cbor']) {
      it(`${authmethod}, ${authid}, ${serializer}`, async () => {
        const logIn = (proof: object) => {
          const authentication = { authid, ...proof };
          const url = `ws://127.0.0.1:${router.ports[0]}/`;
          return run({ url, serializer, realm: 'realm1', authmethod, authentication });
        };
        const [welcomed, refused] = await Promise.all([logIn(right), logIn(wrong)]);
        assert.deepEqual(welcomed, {
          welcome: { realm: 'realm1', authid, authrole: 'user', authmethod, authprovider: 'static' },
        });
        assert.deepEqual(refused, { failure: ['wamp.error.not_authorized', refusal] });
      });
    }
  }
});

async function run(order: object): Promise<unknown> {
  assert.ok(PYTHON !== null);
  const child = spawn(PYTHON, [DRIVER], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(order));
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  try {
    return JSON.parse(said.trim().split('\n').at(-1) ?? '');
  } catch {
    return { said, complained };
  }
}
