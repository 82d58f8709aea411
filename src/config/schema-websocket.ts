/** What stand-alone WebSocket transports and the path service `websocket` have in common. */

import { auth } from './schema-auth.ts';
import { flag, pattern } from './schema-basics.ts';
import { cookie } from './schema-cookie.ts';
import { serializers, websocketOptions } from './schema-websocket-options.ts';

const WEBSOCKET_URL = /^wss?:\/\/[^\s/?#]+[^\s#]*$/;

/** Keys of any WebSocket listener, WAMP or not. */
export const websocketBaseKeys = {
  url: pattern(WEBSOCKET_URL, 'a URL such as "ws://example.com:8080/ws"')
    .exactOptional()
    .describe('URL under which clients know it.'),
  serializers,
  debug: flag().default(false).describe('Has no effect here: the log level is a matter of the command line.'),
  options: websocketOptions.prefault({}).describe('Options of WebSocket.'),
};

export const websocketKeys = {
  ...websocketBaseKeys,
  auth: auth.exactOptional(),
  cookie: cookie.exactOptional(),
};
