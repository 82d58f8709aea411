import path from 'node:path';
import type { Accept, Connection } from '../../src/session/connection.ts';
import { connectWebSocket } from '../../src/transports/websocket-client.ts';
import type { WebSocketOptions } from '../../src/transports/websocket-options.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { type RunningTransport, transportSuite } from '../suites/transport-suite.ts';
import { temporaryDirectory } from './rawsocket-harness.ts';
import { runListener } from './websocket-harness.ts';

/** A listener and our own client, whose frames are masked. */
async function run(options: WebSocketOptions, socketPath?: string): Promise<RunningTransport> {
  const waiting: { accept: Accept; done: (connection: Connection) => void }[] = [];
  const accept: Accept = (connection, protocol) => {
    const next = waiting.shift();
    if (next === undefined) throw new Error('a connection that nobody asked for');
    next.done(connection);
    return next.accept(connection, protocol);
  };
  const where = socketPath === undefined ? {} : { path: socketPath };
  const { port, stop } = await runListener(options, { protocols: ['wamp.2.json', 'wamp.2.cbor'], accept }, where);
  return {
    connect: async (server, client) => {
      const accepted = new Promise<Connection>((resolve) => {
        waiting.push({ accept: server, done: resolve });
      });
      const connected = await connectWebSocket(
        {
          url: socketPath === undefined ? `ws://127.0.0.1:${port}/` : 'ws://localhost/',
          ...(socketPath === undefined ? {} : { socketPath }),
          protocols: ['wamp.2.cbor'],
          clock: SYSTEM_CLOCK,
          log: SILENT,
        },
        client,
      );
      return { server: await accepted, client: connected };
    },
    stop,
  };
}

transportSuite({ name: 'WebSocket', start: () => run({}) });

transportSuite({ name: 'WebSocket in fragments of 1 000 bytes', start: () => run({ autoFragmentSize: 1_000 }) });

transportSuite({
  name: 'WebSocket over a unix socket',
  start: async () => {
    const { directory, remove } = await temporaryDirectory();
    const transport = await run({}, path.join(directory, 'turnpike.sock'));
    return {
      ...transport,
      stop: async () => {
        await transport.stop();
        await remove();
      },
    };
  },
});
