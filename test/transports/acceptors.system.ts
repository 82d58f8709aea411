/** Several connections in one turn of the event loop: the controller's side and the worker's, in two processes. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { WorkerHandles } from '../../src/node/worker-handles.ts';
import { parseWorkerMessage } from '../../src/node/worker-message.ts';
import type { ListeningHandle } from '../../src/transports/acceptors.ts';
import { type ListeningEndpoint, listen } from '../../src/transports/endpoint.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import type { News, Order } from './acceptors-process.ts';
import { hasOpenssl, makeCertificates } from './endpoint-certificates.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';

const ENTRY = fileURLToPath(new URL('./acceptors-process.js', import.meta.url));
const LOCAL = { type: 'tcp', interface: '127.0.0.1', port: 0 } as const;
/** As `acceptors.ts` has it. */
const PER_TURN = 8;

/** A process that listens, with a controller that duplicates its handles where `wide`. */
class Listening {
  readonly #child: ChildProcess;
  readonly #news: News[] = [];
  #changed: () => void = () => {};

  constructor(endpoint: ListeningEndpoint, wide: boolean) {
    this.#child = fork(ENTRY, [JSON.stringify(endpoint)]);
    const handles = new WorkerHandles(this.#child);
    this.#child.on('message', (value, handle) => {
      const message = parseWorkerMessage(value);
      if (message?.type === 'duplicate') {
        if (wide) handles.duplicate(message, handle);
        else handles.discard(handle);
      } else this.#news.push(value as News);
      this.#changed();
    });
  }

  async heard<T extends News['type']>(type: T): Promise<Extract<News, { type: T }>> {
    for (;;) {
      const at = this.#news.findIndex((news) => news.type === type);
      if (at >= 0) return this.#news.splice(at, 1)[0] as Extract<News, { type: T }>;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  tell(type: Order['type']): void {
    this.#child.send({ type });
  }

  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

const processes: Listening[] = [];
const sockets: Socket[] = [];

after(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(processes.map((each) => each.kill()));
});

async function listening(endpoint: ListeningEndpoint, wide: boolean): Promise<{ one: Listening; port: number }> {
  const one = new Listening(endpoint, wide);
  processes.push(one);
  const { port } = await one.heard('listening');
  if (wide) await one.heard('wide');
  return { one, port };
}

/** Connects so often while the process does nothing. */
async function connectBlocked(one: Listening, port: number, count: number): Promise<Socket[]> {
  one.tell('count');
  await one.heard('blocking');
  const made = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  sockets.push(...made);
  await Promise.all(made.map((socket) => once(socket, 'connect')));
  return made;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch {
    return false;
  }
}

describe('connections of one turn', () => {
  for (const [wide, expected] of [
    [false, 1],
    [true, PER_TURN],
  ] as const) {
    test(`${expected} ${wide ? 'where a controller duplicates the handle' : 'else'}`, async () => {
      const { one, port } = await listening(LOCAL, wide);
      await connectBlocked(one, port, 3 * PER_TURN);
      assert.equal((await one.heard('counted')).accepted, expected);
    });
  }

  test('the port is free once the listener is closed', async () => {
    const { one, port } = await listening(LOCAL, true);
    assert.equal(await isFree(port), false);
    one.tell('close');
    await one.heard('closed');
    assert.equal(await isFree(port), true);
  });

  test('the port is free once the process is gone: the controller keeps nothing of it', async () => {
    const { one, port } = await listening(LOCAL, true);
    await one.kill();
    assert.equal(await isFree(port), true);
  });

  test('a duplicate that comes when the listener is closed is closed', async () => {
    const late: ((duplicate: ListeningHandle) => void)[] = [];
    const listener = await listen(LOCAL, () => {}, {
      clock: SYSTEM_CLOCK,
      log: SILENT,
      duplicate: (_handle, _count, take) => late.push(take),
    });
    await listener.close();
    let closed = false;
    late[0]?.({
      close: () => {
        closed = true;
      },
    });
    assert.equal(closed, true);
  });

  const skip = hasOpenssl() ? false : 'no `openssl` on this machine to make certificates with';
  test('all of them have a certificate that was renewed', { skip }, async () => {
    const { directory, remove } = await temporaryDirectory();
    after(remove);
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => {
        const own = path.join(directory, name);
        await fs.mkdir(own);
        return makeCertificates(own);
      }),
    );
    assert.ok(first && second);
    const live = { key: path.join(directory, 'live.key'), certificate: path.join(directory, 'live.pem') };
    const install = async ({ serverKey, serverCertificate }: typeof first): Promise<void> => {
      await fs.copyFile(serverKey, live.key);
      await fs.copyFile(serverCertificate, live.certificate);
    };
    await install(first);
    const { one, port } = await listening({ ...LOCAL, tls: live }, true);
    await install(second);
    one.tell('reload');
    await one.heard('reloaded');
    const made = await connectBlocked(one, port, PER_TURN);
    const seen = made.map(async (socket) => {
      const secure = connectTls({ socket, rejectUnauthorized: false });
      sockets.push(secure);
      await once(secure, 'secureConnect');
      return secure.getPeerX509Certificate()?.toString();
    });
    const expected = (await fs.readFile(second.serverCertificate, 'utf8')).trim();
    for (const certificate of await Promise.all(seen)) assert.equal(certificate?.trim(), expected);
  });
});
