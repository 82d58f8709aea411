import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ticket } from '../../src/client/auth/ticket.ts';
import type { ClientSession } from '../../src/client/client-session.ts';
import { type ConnectOptions, connect } from '../../src/client/connect.ts';
import { Result } from '../../src/client/result.ts';
import { createRouter, type EmbeddedRouter } from '../../src/worker/create-router.ts';
import { repositoryRoot } from '../support/repository-root.ts';

interface Example {
  readonly place: string;
  readonly code: string;
}

/** What stands behind `@example` in the doc comments of a file. */
function examplesIn(file: string): Example[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/@example\n([\s\S]*?)\*\/\s*([^\n]*)/g)].map(([, lines = '', documented = '']) => ({
    place: documented.trim(),
    code: lines.replace(/^\s*\* ?/gm, ''),
  }));
}

const folder = join(repositoryRoot(), 'src', 'client');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const examples = files.flatMap((file) => examplesIn(join(folder, file)));

type Run = (scope: {
  connect: typeof connect;
  session: ClientSession;
  Result: typeof Result;
  ticket: typeof ticket;
  console: { log: (...values: unknown[]) => void };
}) => Promise<void>;

function compile(code: string): Run {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  // A block of its own: an example may declare a session.
  return new AsyncFunction('{ connect, session, Result, ticket, console }', `{${code}}`);
}

describe('the examples in the doc comments', () => {
  const roles = ['anonymous', 'user'].map((name) => ({
    name,
    permissions: [
      { uri: 'com.example.', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
    ],
  }));
  const endpoint = { type: 'tcp', port: 0, interface: '127.0.0.1' };
  let router: EmbeddedRouter;

  before(async () => {
    router = await createRouter({
      realms: ['realm1', 'realm-user1'].map((name) => ({ name, roles })),
      transports: [
        { type: 'websocket', endpoint },
        {
          type: 'websocket',
          endpoint,
          auth: { ticket: { type: 'static', principals: { user1: { ticket: '123secret', role: 'user' } } } },
        },
      ],
    });
  });

  after(() => router.close());

  it('are found', () => assert(examples.length >= 9, `${examples.length} examples`));

  for (const { place, code } of examples) {
    it(`run: ${place}`, async () => {
      const printed: unknown[][] = [];
      const callee = await router.join({ realm: 'realm1' });
      const session = await router.join({ realm: 'realm1' });
      try {
        if (!code.includes('register(')) {
          await callee.register('com.example.add2', ([a, b]) => Number(a) + Number(b));
          await callee.register('com.example.divmod', () => new Result([3], { rest: 1 }));
        }
        await compile(code)({
          connect: (options: ConnectOptions) => {
            const port = router.ports[options.ticket === undefined && options.auth === undefined ? 0 : 1];
            return connect({ ...options, url: `ws://127.0.0.1:${port}/ws` });
          },
          session,
          Result,
          ticket,
          console: { log: (...values) => printed.push(values) },
        });
        if (code.includes('console.log(await session.call(')) assert.deepEqual(printed, [[5]]);
      } finally {
        await session.leave();
        await callee.leave();
      }
    });
  }
});
