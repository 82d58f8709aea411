import type { Dict } from './dict.ts';
import type { TlsChannel } from './tls-channel.ts';

/**
 * Everything known of the connection that carries a session.
 * Authenticators get it as `details.transport`, the meta API shows it. Crossbar: `TransportDetails`.
 */
export interface TransportDetails {
  readonly type: 'websocket' | 'rawsocket' | 'longpoll' | 'memory';
  readonly secure: boolean;
  /** `tcp4:127.0.0.1:5555`, `tcp6:…`, `unix` or `unix:<path>`, `process:<pid>`. */
  readonly peer: string;
  /** The router's own address, in the form of `peer`; null where there is none, or none any more. */
  readonly own: string | null;
  /** The subprotocol, such as `wamp.2.json`; on RawSocket `wamp.2.<serializer>`. */
  readonly protocol: string;
  /** RawSocket: the serializer's id. WebSocket: null, as Crossbar has it. */
  readonly serializer: string | null;
  /** Negotiated WebSocket extensions, be there none; null off WebSocket. */
  readonly extensions: readonly Dict[] | null;
  /** Request headers, names in lower case, several of one name joined by `, `; null off HTTP. */
  readonly headersReceived: Readonly<Record<string, string>> | null;
  /** Headers the router added to the upgrade response (cookies); null off HTTP. */
  readonly headersSent: Readonly<Record<string, string>> | null;
  /** The id of the tracking cookie, or null. */
  readonly cookie: string | null;
  /** The client's TLS certificate, or null. */
  readonly clientCertificate: Dict | null;
  /** Channel bindings by type, such as `tls-unique`; each is computed when somebody looks at it. */
  readonly channelIds: Readonly<Record<string, Uint8Array | null>>;
  /** The TLS session that the connection is in, for whoever binds a login to it; absent where there is none. */
  readonly channel?: TlsChannel;
}

/** The details of a connection without HTTP, cookies, extensions and TLS, or whose end asks about none of these. */
export function bareDetails(known: Pick<TransportDetails, 'type' | 'secure' | 'peer' | 'protocol'>): TransportDetails {
  return {
    ...known,
    own: null,
    serializer: null,
    extensions: null,
    headersReceived: null,
    headersSent: null,
    cookie: null,
    clientCertificate: null,
    channelIds: {},
  };
}

/**
 * The dictionary that authenticators and the meta API see: the union of Crossbar's present keys
 * (`channel_type`, `websocket_protocol`, `peer_cert` …) and its documented ones (`type`, `protocol`,
 * `cbtid`, `client_cert` …). Each key is always there, null where unknown.
 */
export function marshalTransportDetails(details: TransportDetails, pid: number): Dict {
  const channelType = details.type === 'memory' ? 'memory' : details.secure ? 'tls' : 'tcp';
  return {
    channel_type: channelType,
    channel_framing: details.type === 'memory' ? 'native' : details.type,
    channel_serializer: details.serializer,
    own: details.own,
    peer: details.peer,
    is_server: true,
    own_pid: pid,
    own_tid: pid,
    own_fd: -1,
    is_secure: details.secure,
    channel_id: details.channelIds,
    peer_cert: details.clientCertificate,
    websocket_protocol: details.protocol,
    websocket_extensions_in_use: details.extensions,
    http_headers_received: details.headersReceived,
    http_headers_sent: details.headersSent,
    http_cbtid: details.cookie,
    cbtid: details.cookie,
    protocol: details.protocol,
    type: details.type,
    client_cert: details.clientCertificate,
  };
}
