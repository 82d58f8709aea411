import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { createServer, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { WorkerHandles } from '../../src/node/worker-handles.ts';

const ASKED = { type: 'duplicate', id: 5, count: 3 } as const;

/** As much of a child process as handles are sent to. */
class Child extends EventEmitter {
  connected = true;
  exitCode: number | null = null;
  readonly signalCode = null;
  readonly sent: { readonly message: unknown; readonly handle: unknown; readonly done: () => void }[] = [];

  send(message: unknown, handle: unknown, done: () => void): void {
    this.sent.push({ message, handle, done });
  }

  exit(): void {
    this.exitCode = 1;
    this.emit('exit');
  }
}

class Handle {
  closed = 0;

  close(): void {
    this.closed += 1;
  }
}

function setUp() {
  const child = new Child();
  return { child, handles: new WorkerHandles(child as unknown as ChildProcess), handle: new Handle() };
}

describe('a handle that a worker sends', () => {
  it('goes back as often as was asked, one by one, and is closed then', () => {
    const { child, handles, handle } = setUp();
    handles.duplicate(ASKED, handle);
    for (let count = 1; count <= 3; count++) {
      assert.equal(child.sent.length, count);
      assert.equal(handle.closed, 0);
      child.sent[count - 1]?.done();
    }
    for (const { message, handle: sent } of child.sent) {
      assert.deepEqual([message, sent], [{ type: 'duplicated', id: 5 }, handle]);
    }
    assert.deepEqual([child.sent.length, handle.closed], [3, 1]);
    child.exit();
    assert.equal(handle.closed, 1);
  });

  it('is closed when the worker ends meanwhile', () => {
    const { child, handles, handle } = setUp();
    handles.duplicate(ASKED, handle);
    child.exit();
    assert.equal(handle.closed, 1);
    for (const { done } of child.sent) done();
    assert.deepEqual([child.sent.length, handle.closed], [1, 1]);
  });

  it('is closed when the worker has ended', () => {
    const { child, handles, handle } = setUp();
    child.exit();
    handles.duplicate(ASKED, handle);
    assert.deepEqual([handle.closed, child.sent.length], [1, 0]);
  });

  it('costs no listener of its own: a worker may have many ports', () => {
    const { child, handles } = setUp();
    for (let id = 0; id < 20; id++) handles.duplicate({ ...ASKED, id }, new Handle());
    assert.equal(child.listenerCount('exit'), 1);
  });

  it('is closed, and no more, where it is none that listens', async () => {
    const { child, handles } = setUp();
    const socket = new Socket();
    handles.duplicate(ASKED, socket);
    assert.ok(socket.destroyed);
    const [server, datagrams] = [createServer(), createSocket('udp4')];
    for (const odd of [server.listen(0, '127.0.0.1'), datagrams]) {
      const closed = new Promise((resolve) => odd.once('close', resolve));
      handles.duplicate(ASKED, odd);
      await closed;
    }
    handles.duplicate(ASKED, undefined);
    assert.equal(child.sent.length, 0);
  });

  it('is closed where it came with another message', () => {
    const { handles, handle } = setUp();
    handles.discard(handle);
    handles.discard(undefined);
    const socket = new Socket();
    handles.discard(socket);
    assert.doesNotThrow(() => socket.emit('error', new Error('reset')));
    assert.deepEqual([handle.closed, socket.destroyed], [1, true]);
  });
});
