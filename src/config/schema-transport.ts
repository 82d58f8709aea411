/** Listening transports of a router worker. Crossbar: `check_router_transport`. */
import { z } from 'zod';
import { notYet } from './refusals.ts';
import { auth } from './schema-auth.ts';
import { byType, type Config, flag, id, integer, refused, strict } from './schema-basics.ts';
import { listeningEndpoint } from './schema-endpoint.ts';
import { webPaths } from './schema-web-path.ts';
import { websocketBaseKeys, websocketKeys } from './schema-websocket.ts';
import { rawsocketOptions, serializers } from './schema-websocket-options.ts';

const web = strict('a web transport', {
  id: id('transport'),
  type: z.literal('web'),
  endpoint: listeningEndpoint,
  paths: webPaths,
  options: strict('options of a web transport', {
    access_log: flag().default(false).describe('Log each request. Default false.'),
    display_tracebacks: flag().default(false).describe('Show errors to browsers. Has no effect here: they never are.'),
    hsts: flag().default(false).describe('Send Strict-Transport-Security over TLS. Default false.'),
    hsts_max_age: integer(0, Number.MAX_SAFE_INTEGER)
      .default(31_536_000)
      .describe('How long that counts, in seconds. Default one year.'),
    client_timeout: z
      .union([integer(1, 86_400), z.null()], { error: 'expected seconds as an integer from 1 to 86400, or null' })
      .default(null)
      .describe("How long an idle HTTP connection is kept, in seconds. Default null: the router's own limit."),
  }).prefault({}),
}).describe('HTTP, with services on paths.');

const websocket = strict('a websocket transport', {
  id: id('transport'),
  type: z.literal('websocket'),
  endpoint: listeningEndpoint,
  ...websocketKeys,
}).describe('WAMP over WebSocket, alone on its endpoint.');

const rawsocket = strict('a rawsocket transport', {
  id: id('transport'),
  type: z.literal('rawsocket'),
  endpoint: listeningEndpoint,
  serializers,
  debug: flag().default(false).describe('Has no effect here: the log level is a matter of the command line.'),
  options: rawsocketOptions.prefault({}).describe('Options of RawSocket.'),
  auth: auth.exactOptional(),
  cookie: refused('cookies exist only on WebSocket'),
}).describe('WAMP over RawSocket.');

export const transport = byType(
  'a transport',
  ['web', 'websocket', 'rawsocket'],
  [web, websocket, rawsocket],
  new Map(notYet('universal', 'mqtt', 'flashpolicy', 'websocket.testee', 'stream.testee')),
);

/** The one transport of a worker of type `websocket-testee`: an echo, so that there is nothing to log in to. */
export const testeeTransport = strict('a websocket transport', {
  id: id('transport'),
  type: z.literal('websocket', { error: 'expected "websocket"' }),
  endpoint: listeningEndpoint,
  ...websocketBaseKeys,
  auth: refused('a testee is an echo: nobody logs in'),
  cookie: refused('a testee is an echo: it has no use for cookies'),
});

export type TransportConfig = Config<typeof transport>;
export type WebTransportConfig = Config<typeof web>;
export type WebSocketTransportConfig = Config<typeof websocket>;
export type RawSocketTransportConfig = Config<typeof rawsocket>;
