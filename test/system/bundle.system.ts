/** What the package consists of is a bundle: its programs find each other, and what users import shares its classes with them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { freePorts } from '../../bench/listening-process.ts';
import { type ClientSession, connect, scram, ticket, WampError } from '../../src/index.ts';
import { ProgramProcess } from '../cli/program-process.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';

const READY = /node ready, started in \d+ ms/;
const SECRET = 'p4ssw0rd';

const COMPONENT = `import { connect, WampError } from 'turnpike';
export default async (session, { extra }) => {
  await session.register('com.example.fail', () => { throw new WampError('com.example.error.own', ['mine']); });
  await session.register('com.example.trace', () => new Error().stack);
  await session.register('com.example.relay', async () => {
    const other = await connect({ url: extra.url, realm: 'realm1' });
    try {
      await other.call('com.example.fail');
    } catch (error) {
      return [error instanceof WampError, error.uri];
    } finally {
      await other.leave();
    }
  });
};
export const create = () => async () => { throw new WampError('com.example.error.no_entry', ['not today']); };
`;

describe('the bundle, as users run it', { timeout: 60_000 }, () => {
  let cwd = '';
  let node: ProgramProcess;
  let session: ClientSession;
  let urls: { readonly open: string; readonly scram: string; readonly decided: string };

  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'turnpike-bundle-'));
    mkdirSync(join(cwd, '.turnpike'));
    writeFileSync(join(cwd, 'package.json'), '{ "name": "app" }');
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(repositoryRoot(), join(cwd, 'node_modules', 'turnpike'), 'junction');
    const [open = 0, byScram = 0, decided = 0] = await freePorts(3);
    urls = {
      open: `ws://127.0.0.1:${open}`,
      scram: `ws://127.0.0.1:${byScram}`,
      decided: `ws://127.0.0.1:${decided}`,
    };
    const principals = await hashed();
    const transport = (port: number, auth: object) => {
      return { type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port }, auth };
    };
    const anything = [{ uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } }];
    const worker = {
      type: 'router',
      realms: [
        {
          name: 'realm1',
          roles: [{ name: 'user', permissions: anything }],
          store: { type: 'cfxdb', path: 'history', 'event-history': [{ uri: 'com.example.kept' }] },
        },
      ],
      components: [
        { type: 'module', module: './component.mjs', realm: 'realm1', role: 'user', extra: { url: urls.open } },
      ],
      transports: [
        transport(open, { anonymous: { type: 'static', role: 'user' } }),
        transport(byScram, { scram: { type: 'static', principals } }),
        transport(decided, { ticket: { type: 'function', create: './component.mjs#create' } }),
      ],
    };
    writeFileSync(join(cwd, '.turnpike', 'component.mjs'), COMPONENT);
    writeFileSync(join(cwd, '.turnpike', 'config.json'), JSON.stringify({ version: 2, workers: [worker] }));
    node = new ProgramProcess(TURNPIKE_PROGRAM, ['start'], { cwd, env: { NODE_OPTIONS: '--enable-source-maps' } });
    await node.until(READY);
    session = await connect({ url: urls.open, realm: 'realm1' });
  });

  after(async () => {
    await session?.leave();
    node.kill('SIGTERM');
    await node.ended();
    rmSync(cwd, { recursive: true });
  });

  async function turnpike(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [TURNPIKE_PROGRAM, ...args], { cwd });
    return stdout;
  }

  /** Of Argon2id, which a thread of its own derives. */
  async function hashed(): Promise<Record<string, object>> {
    writeFileSync(join(cwd, 'secret'), SECRET);
    const who = ['--authid', 'joe', '--role', 'user', '--secret-file', 'secret', '--format', 'json'];
    return JSON.parse(await turnpike('auth', 'hash', 'scram', ...who)) as Record<string, object>;
  }

  it("a component's WampError reaches the caller as what it is", async () => {
    await assert.rejects(session.call('com.example.fail'), (error) => {
      assert.ok(error instanceof WampError);
      assert.equal(error.uri, 'com.example.error.own');
      return true;
    });
  });

  it("so does an authenticator's", async () => {
    const login = connect({ url: urls.decided, realm: 'realm1', authid: 'joe', auth: ticket('x') });
    await assert.rejects(login, (error) => {
      assert.ok(error instanceof WampError);
      assert.equal(error.uri, 'com.example.error.no_entry');
      return true;
    });
  });

  it("a component's own client throws the class that it imports", async () => {
    assert.deepEqual(await session.call('com.example.relay'), [true, 'com.example.error.own']);
  });

  it('logs in by Argon2id, in a thread of the bundle', async () => {
    const joined = await connect({ url: urls.scram, realm: 'realm1', authid: 'joe', auth: scram(SECRET) });
    assert.equal(joined.authmethod, 'scram');
    await joined.leave();
  });

  it('keeps events in LMDB, which processes of the bundle try and write', async () => {
    await session.publish('com.example.kept', ['first'], { acknowledge: true });
    const ids = await session.call('wamp.subscription.match', ['com.example.kept']);
    const events = await session.call('wamp.subscription.get_events', [(ids as number[])[0]]);
    assert.deepEqual((events as { readonly args: unknown }[])[0]?.args, ['first']);
  });

  it('tells of its sources in stack traces, where Node.js is asked to', async () => {
    assert.match(String(await session.call('com.example.trace')), /[/\\]src[/\\]client[/\\][\w-]+\.ts:\d+/);
  });

  it('has the scenarios of `turnpike conformance`, and knows its version', async () => {
    assert.match(await turnpike('conformance', '--list'), /^call-canceling\.skip /m);
    const { version } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as { version: string };
    assert.ok((await turnpike('version')).includes(version));
  });
});
