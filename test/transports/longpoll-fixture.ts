import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Accept, Greet } from '../../src/session/connection.ts';
import { LongPollListener } from '../../src/transports/longpoll.ts';
import type { LongPollOptions } from '../../src/transports/longpoll-connection.ts';
import type { Clock } from '../../src/wamp/clock.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { HttpServer } from '../../src/webservice/http-server.ts';
import { LongPollPath } from '../../src/webservice/longpoll.ts';

export const OPTIONS: LongPollOptions = {
  requestTimeout: 10_000,
  sessionTimeout: 30_000,
  queueLimitBytes: 128 * 1024,
  queueLimitMessages: 100,
  closeTimeout: 5_000,
};

export interface LongPoll {
  readonly base: string;
  readonly port: number;
  readonly listener: LongPollListener;
  stop(): Promise<void>;
}

export interface LongPollSetup {
  readonly accept: Accept;
  readonly options?: Partial<LongPollOptions>;
  readonly protocols?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly admit?: () => boolean;
  readonly greet?: Greet;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A long-poll path on a free port of the loopback interface, at `/lp` of nothing else. */
export async function startLongPoll({
  accept,
  options,
  protocols,
  allowedOrigins,
  admit,
  greet,
  clock,
  log,
}: LongPollSetup): Promise<LongPoll> {
  const ports = { clock: clock ?? SYSTEM_CLOCK, log: log ?? SILENT };
  const listener = new LongPollListener(
    { ...OPTIONS, ...options },
    {
      ...ports,
      protocols: protocols ?? ['wamp.2.msgpack.batched', 'wamp.2.msgpack', 'wamp.2.json.batched', 'wamp.2.json'],
      accept,
      admit: admit ?? (() => true),
      ...(greet !== undefined && { greet }),
      origins: { allowedOrigins: allowedOrigins ?? ['*'], allowNullOrigin: true },
      newId: () => randomBytes(18).toString('base64url'),
    },
  );
  const http = new HttpServer(new LongPollPath(listener), {}, ports.clock, ports.log);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    http.accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    port,
    listener,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await http.close();
    },
  };
}
