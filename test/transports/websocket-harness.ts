import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketListener, type WebSocketPorts } from '../../src/transports/websocket.ts';
import type { WebSocketOptions } from '../../src/transports/websocket-options.ts';
import { acceptTestee, TESTEE_OPTIONS } from '../../src/transports/websocket-testee.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';

/** A listener behind an HTTP server on the loopback. */
export interface RunningListener {
  readonly port: number;
  readonly listener: WebSocketListener;
  /** The sockets of all upgrades so far, granted or not. */
  readonly sockets: readonly Duplex[];
  stop(): Promise<void>;
}

/** Starts a listener: the testee's echo, unless `ports` say otherwise. */
export async function runListener(
  options: WebSocketOptions = {},
  ports: Partial<WebSocketPorts> = {},
  where: { path?: string } = {},
): Promise<RunningListener> {
  const listener = new WebSocketListener(
    { closeHandshakeTimeout: 1_000, ...options },
    { protocols: [], accept: acceptTestee, clock: SYSTEM_CLOCK, log: SILENT, ...ports },
  );
  const server = createServer();
  const sockets: Duplex[] = [];
  server.on('upgrade', (request, socket, head) => {
    sockets.push(socket);
    listener.handleUpgrade(request, socket, head);
  });
  if (where.path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(where.path);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'string' ? 0 : (address as AddressInfo).port,
    listener,
    sockets,
    stop: async () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The testee as the Autobahn|Testsuite needs it: compression of everything, with every window kept. */
export const AUTOBAHN_OPTIONS: WebSocketOptions = {
  ...TESTEE_OPTIONS,
  compression: { threshold: 0, noContextTakeover: false, requestNoContextTakeover: false },
};
