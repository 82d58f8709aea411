/** Listens with the testee on a free port of the loopback, prints the port, and goes on until it is killed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketListener } from '../../src/transports/websocket.ts';
import { acceptTestee, TESTEE_OPTIONS } from '../../src/transports/websocket-testee.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { systemClock } from '../transports/websocket-harness.ts';

const listener = new WebSocketListener(
  { ...TESTEE_OPTIONS, compression: { threshold: 0, noContextTakeover: false, requestNoContextTakeover: false } },
  { protocols: [], accept: acceptTestee, clock: systemClock, log: SILENT },
);
const server = createServer();
server.on('upgrade', (request, socket, head) => listener.handleUpgrade(request, socket, head));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
