import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { DuplicatedMessage, DuplicateMessage } from '../worker/ipc.ts';

/** What is below a server or a socket of Node's. */
interface NativeHandle {
  close(): void;
}

/**
 * The handles that a worker process sends. None is kept: a port must be free when its worker is gone. Application components
 * run in there and can send any, with any message.
 */
export class WorkerHandles {
  readonly #child: ChildProcess;
  /** On their way back. */
  readonly #held = new Set<NativeHandle>();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.once('exit', () => {
      for (const handle of this.#held) this.#release(handle);
    });
  }

  /** Sends the worker its handle back as often as it asked. */
  duplicate({ id, count }: DuplicateMessage, handle: unknown): void {
    const child = this.#child;
    if (!isNative(handle) || !child.connected || child.exitCode !== null || child.signalCode !== null) {
      this.discard(handle);
      return;
    }
    this.#held.add(handle);
    const message: DuplicatedMessage = { type: 'duplicated', id };
    let left = count;
    // One by one: each is acknowledged before what was sent after it goes out, and a question must not wait for all of them.
    const next = (): void => {
      if (left === 0 || !child.connected) this.#release(handle);
      if (!this.#held.has(handle)) return;
      left -= 1;
      // Those of Node's own types that `send` is declared with are made of these.
      child.send(message, handle as unknown as Socket, next);
    };
    next();
  }

  /** Closes what came with another message; without, it is nothing. */
  discard(handle: unknown): void {
    if (isNative(handle)) handle.close();
    else if (handle instanceof EventEmitter) {
      handle.on('error', () => undefined);
      if (handle instanceof Socket) handle.destroy();
      else (handle as EventEmitter & NativeHandle).close();
    }
  }

  #release(handle: NativeHandle): void {
    if (this.#held.delete(handle)) handle.close();
  }
}

/** Node makes servers and sockets, which are emitters, of what was sent as such. */
function isNative(handle: unknown): handle is NativeHandle {
  return typeof handle === 'object' && handle !== null && 'close' in handle && !(handle instanceof EventEmitter);
}
