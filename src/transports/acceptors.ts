import type { Server } from 'node:net';
import { type KeepsAlive, keepAliveFrom } from './keep-alive.ts';

/**
 * How many connections are accepted in one turn of the event loop. Node takes one for each listening handle: a router
 * whose turns are long (an event to 10,000 subscribers is one) would let a storm of reconnections in by twenty a second.
 * That several come in together also lets their answers go out together, which makes a login a third cheaper. More than
 * this brought nothing.
 */
const PER_TURN = 8;

/** What listens below a `net.Server`: the part of Node's handle that is of use here. */
export interface ListeningHandle extends KeepsAlive {
  close(): void;
}

/**
 * Opens the socket of a listening handle some more times in this process; each is given to `take` when it is there, and
 * is the taker's. Node cannot do that alone: the handle has to go to another process and come back.
 */
export type Duplicate = (handle: ListeningHandle, count: number, take: (duplicate: ListeningHandle) => void) => void;

/** The servers that accept at one socket. */
export class Acceptors {
  readonly #servers: Server[];
  readonly #onError: (error: Error) => void;
  #closed = false;

  /**
   * @param first listens already
   * @param onError told when a connection could not be accepted
   */
  constructor(first: Server, onError: (error: Error) => void) {
    this.#servers = [first];
    this.#onError = onError;
    first.on('error', onError);
    const handle = handleOf(first);
    if (handle !== null) keepAliveFrom(handle);
  }

  /** Has more servers, like the first, listen at the socket; nothing waits for them. */
  widen(makeServer: () => Server, backlog: number, duplicate: Duplicate): void {
    const handle = handleOf(this.#servers[0]);
    if (handle === null) return;
    duplicate(handle, PER_TURN - 1, (own) => {
      if (this.#closed) {
        own.close();
        return;
      }
      const server = makeServer();
      server.on('error', this.#onError);
      this.#servers.push(server);
      // It sets the backlog of the socket anew.
      server.listen(own, backlog);
    });
  }

  /** Takes no more connections; the address is free at once. */
  close(): void {
    this.#closed = true;
    // 'close' would wait for all connections.
    for (const server of this.#servers.splice(0)) server.close();
  }
}

/** `server.listen` documents `_handle` as what it takes of others. */
function handleOf(server: Server | undefined): ListeningHandle | null {
  const handle = (server as unknown as { readonly _handle?: Partial<ListeningHandle> | null } | undefined)?._handle;
  return typeof handle?.close === 'function' ? (handle as ListeningHandle) : null;
}
