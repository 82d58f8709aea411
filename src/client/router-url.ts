export interface WebSocketAddress {
  readonly transport: 'websocket';
  /** `ws://…` or `wss://…`; on a unix socket with the host `localhost`. */
  readonly url: string;
  /** The unix socket to connect to, or null. */
  readonly socketPath: string | null;
}

export type RawSocketAddress =
  | { readonly transport: 'rawsocket'; readonly host: string; readonly port: number; readonly secure: boolean }
  | { readonly transport: 'rawsocket'; readonly socketPath: string };

/** Where a router listens. */
export type RouterAddress = WebSocketAddress | RawSocketAddress;

const FORMS = 'ws://, wss://, ws+unix:///socket:/path, rs://host:port, rss://host:port or rs+unix:///socket';

/** `scheme:/path` and `scheme:///path` alike; a relative path after `scheme:`. */
const UNIX = /^(ws|rs)\+unix:(?:\/\/(?=\/))?(.+)$/;

/**
 * Reads the URL of a router:
 * - `ws://host:port/path`, `wss://…`: WebSocket
 * - `ws+unix:///run/router.sock:/path`: WebSocket on a unix socket; the path of the request follows the second colon
 * - `rs://host:port`, `rss://host:port`: RawSocket, with TLS
 * - `rs+unix:///run/router.sock`: RawSocket on a unix socket
 * @throws RangeError where it is none of these; the text does not repeat the URL, which may hold credentials
 */
export function parseRouterUrl(text: string): RouterAddress {
  const unix = UNIX.exec(text);
  if (unix !== null) return unixAddress(unix[1] === 'ws', unix[2] ?? '');
  if (!URL.canParse(text)) throw new RangeError(`a router's URL is needed: ${FORMS}`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new RangeError('credentials do not belong into the URL of a router; use "authid" and "ticket"');
  }
  switch (url.protocol) {
    case 'ws:':
    case 'wss:':
      // A fragment has no meaning here. [RFC 6455, 3]
      if (url.hash !== '') throw new RangeError('the URL of a router has no fragment');
      return { transport: 'websocket', url: url.href, socketPath: null };
    case 'rs:':
    case 'rss:':
      return rawSocketAddress(url);
    default:
      throw new RangeError(`${url.protocol}// is no URL of a router; needed: ${FORMS}`);
  }
}

function unixAddress(webSocket: boolean, rest: string): RouterAddress {
  if (!webSocket) return { transport: 'rawsocket', socketPath: rest };
  const colon = rest.indexOf(':');
  const socketPath = colon === -1 ? rest : rest.slice(0, colon);
  const path = colon === -1 ? '/' : rest.slice(colon + 1);
  if (socketPath === '' || !path.startsWith('/')) {
    throw new RangeError('a WebSocket on a unix socket is ws+unix:///socket:/path');
  }
  return { transport: 'websocket', url: `ws://localhost${path}`, socketPath };
}

function rawSocketAddress(url: URL): RouterAddress {
  const port = Number(url.port);
  if (url.hostname === '' || port === 0 || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    throw new RangeError(`a RawSocket's URL is ${url.protocol}//host:port`);
  }
  // Sockets take the address of IPv6 without the brackets that a URL needs.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { transport: 'rawsocket', host, port, secure: url.protocol === 'rss:' };
}
