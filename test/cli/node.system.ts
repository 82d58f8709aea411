import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import WebSocket from 'ws';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';
import { ProgramProcess } from './program-process.ts';

const READY = /node ready, started in \d+ ms/;
const HELLO = 1;
const WELCOME = 2;
const GOODBYE = 6;

let cwd = '';
let programs: ProgramProcess[] = [];

function turnpike(...args: string[]): ProgramProcess {
  const program = new ProgramProcess(TURNPIKE_PROGRAM, args, { cwd });
  programs.push(program);
  return program;
}

/** A port that nothing listens on, as far as that can be known. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await closed(server);
  return port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** The node that `turnpike init` writes, on another port. */
async function initNode(): Promise<number> {
  assert.equal(await turnpike('init').ended(), 0);
  const port = await freePort();
  const file = join(cwd, '.turnpike', 'config.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('port: 8080', `port: ${port}`));
  return port;
}

async function enter(port: number): Promise<{ socket: WebSocket; received: unknown[][] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'wamp.2.json');
  const received: unknown[][] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    received.push(message);
    if (message[0] === GOODBYE) socket.send(JSON.stringify([GOODBYE, {}, 'wamp.close.goodbye_and_out']));
  });
  await once(socket, 'open');
  socket.send(JSON.stringify([HELLO, 'realm1', { roles: { caller: {} } }]));
  await once(socket, 'message');
  return { socket, received };
}

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-node-'));
  programs = [];
});

afterEach(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  rmSync(cwd, { recursive: true });
});

describe('the node of turnpike init', () => {
  it('serves its page and lets clients in, and says goodbye when it is stopped', async () => {
    const port = await initNode();
    const node = turnpike('start', '--logformat', 'standard');
    await node.until(READY);
    assert.match(node.all, new RegExp(`listening on ws://127\\.0\\.0\\.1:${port}/ws`));
    const page = await fetch(`http://127.0.0.1:${port}/`);
    assert.deepEqual([page.status, await page.text()], [200, readFileSync(join(cwd, 'web', 'index.html'), 'utf8')]);
    assert.equal((await fetch(`http://127.0.0.1:${port}/info`)).status, 200);
    const { socket, received } = await enter(port);
    const [code, , details] = received[0] ?? [];
    assert.equal(code, WELCOME);
    assert.equal((details as { authrole: string }).authrole, 'anonymous');
    const ended = once(socket, 'close');
    assert.equal(await turnpike('stop').ended(), 0);
    await ended;
    assert.deepEqual([received.at(-1)?.[0], received.at(-1)?.[2]], [GOODBYE, 'wamp.close.system_shutdown']);
    assert.equal(await node.ended(), 0);
  });

  it('comes back on its port after its worker crashed', async () => {
    const port = await initNode();
    const node = turnpike('start', '--logformat', 'json');
    await node.until(READY);
    const { socket, received } = await enter(port);
    assert.equal(received[0]?.[0], WELCOME);
    const worker = Number(node.log.find(({ text }) => text === 'worker worker001 is ready')?.fields?.['pid']);
    const dropped = once(socket, 'close');
    process.kill(worker, 'SIGKILL');
    await dropped;
    await node.until(/listening on ws:/, 2);
    const again = await enter(port);
    assert.equal(again.received[0]?.[0], WELCOME);
    again.socket.terminate();
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });

  it('does not start on a port that is taken, and says which', async () => {
    const port = await initNode();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const node = turnpike('start');
    assert.equal(await node.ended(), 1);
    assert.match(node.all, new RegExp(`worker worker001: .*${port}`));
    await closed(other);
  });
});
