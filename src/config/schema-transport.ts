/** Listening transports of a router worker. Crossbar: `check_router_transport`. */
import * as z from 'zod';
import { NOT_YET, notYet } from './refusals.ts';
import { auth } from './schema-auth.ts';
import { byType, type Config, flag, id, idText, integer, refused, strict } from './schema-basics.ts';
import { listeningEndpoint } from './schema-endpoint.ts';
import { byPath, webPaths } from './schema-web-path.ts';
import { websocketBaseKeys, websocketKeys } from './schema-websocket.ts';
import { rawsocketOptions, serializers } from './schema-websocket-options.ts';

const webKeys = {
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
};

const web = strict('a web transport', {
  id: id('transport'),
  type: z.literal('web'),
  endpoint: listeningEndpoint,
  ...webKeys,
}).describe('HTTP, with services on paths.');

const websocket = strict('a websocket transport', {
  id: id('transport'),
  type: z.literal('websocket'),
  endpoint: listeningEndpoint,
  ...websocketKeys,
}).describe('WAMP over WebSocket, alone on its endpoint.');

const rawsocketKeys = {
  serializers,
  debug: flag().default(false).describe('Has no effect here: the log level is a matter of the command line.'),
  options: rawsocketOptions.prefault({}).describe('Options of RawSocket.'),
  auth: auth.exactOptional(),
  cookie: refused('cookies exist only on WebSocket'),
};

const rawsocket = strict('a rawsocket transport', {
  id: id('transport'),
  type: z.literal('rawsocket'),
  endpoint: listeningEndpoint,
  ...rawsocketKeys,
}).describe('WAMP over RawSocket.');

/** Crossbar takes these in the parts of a universal transport, too, and makes nothing of them. */
function partOf<Type extends string>(type: Type) {
  return {
    id: idText().exactOptional().describe('Has no effect here: the part of a transport.'),
    type: z.literal(type, { error: `expected "${type}"` }).exactOptional(),
  };
}

const rawsocketPart = strict('RawSocket on a universal transport', { ...partOf('rawsocket'), ...rawsocketKeys });
const websocketPart = strict('a WebSocket on a universal transport', { ...partOf('websocket'), ...websocketKeys });
const webPart = strict('HTTP on a universal transport', { ...partOf('web'), ...webKeys });

const universal = strict('a universal transport', {
  id: id('transport'),
  type: z.literal('universal'),
  endpoint: listeningEndpoint,
  rawsocket: rawsocketPart.exactOptional().describe('RawSocket on this port.'),
  websocket: byPath(websocketPart, 'an object of WebSockets by path')
    .exactOptional()
    .describe('WebSockets by the first component of the path, `/` for the path without any; before what `web` has.'),
  web: webPart.exactOptional().describe('HTTP on this port.'),
  mqtt: refused(NOT_YET),
})
  .refine(({ rawsocket, websocket, web }) => rawsocket ?? websocket ?? web, {
    error: 'needs at least one of "rawsocket", "websocket" and "web"',
  })
  .describe('RawSocket, WebSocket and HTTP on one port: the first octet tells which.');

export const transport = byType(
  'a transport',
  ['web', 'websocket', 'rawsocket', 'universal'],
  [web, websocket, rawsocket, universal],
  new Map(notYet('mqtt', 'flashpolicy', 'websocket.testee', 'stream.testee')),
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
export type WebConfig = Config<typeof webPart>;
export type WebSocketTransportConfig = Config<typeof websocket>;
export type RawSocketConfig = Config<typeof rawsocketPart>;
export type UniversalTransportConfig = Config<typeof universal>;
