import { LIMITS } from '../wamp/limits.ts';

/** permessage-deflate. [RFC 7692] Crossbar: `compression.deflate`. */
export interface DeflateOptions {
  /** Ask clients to begin each message anew, which spares the router a window per connection. Default: true. Crossbar: `request_no_context_takeover`, false. */
  readonly requestNoContextTakeover?: boolean;
  /** Ask clients for a window of at most 2^n bytes, 8..15; offers of clients that cannot are declined. 0: do not ask. Default: 0. */
  readonly requestMaxWindowBits?: number;
  /** Begin each message anew. Default: true. Crossbar: `no_context_takeover`, as the client asks. */
  readonly noContextTakeover?: boolean;
  /** The window used for sending, 2^n bytes, 8..15 (8 counts as 9, which is zlib's least). Clients may ask for less. Default: 13. */
  readonly maxWindowBits?: number;
  /** zlib's working memory, 1..9. Default: 8. */
  readonly memoryLevel?: number;
  /** Shorter messages, in bytes, are sent as they are. Default: 1 024. */
  readonly threshold?: number;
  /** Messages that are compressed or inflated at once, over all connections of the listener. Default: 10. */
  readonly concurrency?: number;
}

/**
 * Options of a WebSocket listener. Times are milliseconds, sizes bytes. Crossbar: `options` of a
 * WebSocket transport; what is absent there is absent here. `open_handshake_timeout` belongs to the
 * HTTP server, which sees the request first.
 */
export interface WebSocketOptions {
  /** The port that the Host header must name (80 or 443 where it names none). null: any. Default: null. */
  readonly externalPort?: number | null;
  /** How long the peer may take to answer a close frame, and then to end the connection. 0 or absent: 5 000. */
  readonly closeHandshakeTimeout?: number;
  /** Refuse text that is not UTF-8 (1007). Default: true. */
  readonly validateUtf8?: boolean;
  /** Mask what is sent, against the standard. Default: false. */
  readonly maskServerFrames?: boolean;
  /** Refuse frames of clients that are not masked (1002). Default: true. */
  readonly requireMaskedClientFrames?: boolean;
  /** Take off clients' masks. Default: true. */
  readonly applyMask?: boolean;
  /** The payload of one frame received. 0: only the message counts. Default: 0. */
  readonly maxFrameSize?: number;
  /** A message received, inflated. 0: only the session's own limit counts, which holds in any case. Default: 0. */
  readonly maxMessageSize?: number;
  /** Frames of one message received, beyond which the connection is closed (1008). Default: 16 384; before WELCOME never more than 64. */
  readonly maxFragments?: number;
  /** Payload of the frames into which longer messages are cut. 0: messages are not cut. Default: 0. */
  readonly autoFragmentSize?: number;
  /** Protocol errors end the connection without a close frame. Default: false. */
  readonly failByDrop?: boolean;
  /** Answer a close frame with its own code and reason instead of 1000. Default: false. */
  readonly echoCloseCodeReason?: boolean;
  /** Default: true. */
  readonly tcpNoDelay?: boolean;
  /** From one ping to the next. 0: no pings. Absent: 30 000, and any traffic counts as an answer. */
  readonly autoPingInterval?: number;
  /** How long a ping may stay without its pong before the connection is dropped. 0: for ever. Absent: 60 000 where the interval is absent too, else 0. */
  readonly autoPingTimeout?: number;
  /** Payload of a ping, 12..125. Default: 12. */
  readonly autoPingSize?: number;
  /** Whether anything received counts as an answer, and puts off the next ping. Default: false (true where the interval is absent). */
  readonly autoPingRestartOnAnyTraffic?: boolean;
  /** Patterns of origins (`*` stands for anything), matched against `scheme://host:port`, and against `scheme://host` where the port is the scheme's own. Others get 400. Default: `["*"]`. */
  readonly allowedOrigins?: readonly string[];
  /** Whether `Origin: null` (and `file://`) is let in. Default: true. */
  readonly allowNullOrigin?: boolean;
  /** null: messages are never compressed. Default: null. */
  readonly compression?: DeflateOptions | null;
  /** Whether clients must name a subprotocol. false: those that name none speak `wamp.2.json`. Default: true. */
  readonly requireWebSocketSubprotocol?: boolean;
  /** The Server header of the handshake; null: none. Default: `Turnpike`. Crossbar's `show_server_version` adds the version. */
  readonly serverHeader?: string | null;
}

export type DeflateSettings = Required<DeflateOptions>;

/** `WebSocketOptions` with every default filled in; sizes that are not limited are `Infinity`. */
export interface WebSocketSettings extends Required<WebSocketOptions> {
  readonly compression: DeflateSettings | null;
}

const DEFAULT_PING_INTERVAL = 30_000;
const DEFAULT_PING_TIMEOUT = 60_000;

function completeDeflate(options: DeflateOptions): DeflateSettings {
  return {
    requestNoContextTakeover: options.requestNoContextTakeover ?? true,
    requestMaxWindowBits: options.requestMaxWindowBits ?? 0,
    noContextTakeover: options.noContextTakeover ?? true,
    maxWindowBits: Math.max(9, options.maxWindowBits ?? 13),
    memoryLevel: options.memoryLevel ?? 8,
    threshold: options.threshold ?? 1_024,
    concurrency: options.concurrency ?? 10,
  };
}

/** Fills in the defaults. */
export function completeOptions(options: WebSocketOptions): WebSocketSettings {
  const pingsByDefault = options.autoPingInterval === undefined;
  return {
    externalPort: options.externalPort ?? null,
    closeHandshakeTimeout: options.closeHandshakeTimeout || LIMITS.closeTimeout,
    validateUtf8: options.validateUtf8 ?? true,
    maskServerFrames: options.maskServerFrames ?? false,
    requireMaskedClientFrames: options.requireMaskedClientFrames ?? true,
    applyMask: options.applyMask ?? true,
    maxFrameSize: options.maxFrameSize || Number.POSITIVE_INFINITY,
    maxMessageSize: options.maxMessageSize || Number.POSITIVE_INFINITY,
    maxFragments: options.maxFragments ?? 16_384,
    autoFragmentSize: options.autoFragmentSize || Number.POSITIVE_INFINITY,
    failByDrop: options.failByDrop ?? false,
    echoCloseCodeReason: options.echoCloseCodeReason ?? false,
    tcpNoDelay: options.tcpNoDelay ?? true,
    autoPingInterval: options.autoPingInterval ?? DEFAULT_PING_INTERVAL,
    autoPingTimeout: options.autoPingTimeout ?? (pingsByDefault ? DEFAULT_PING_TIMEOUT : 0),
    autoPingSize: options.autoPingSize ?? 12,
    autoPingRestartOnAnyTraffic: options.autoPingRestartOnAnyTraffic ?? pingsByDefault,
    allowedOrigins: options.allowedOrigins ?? ['*'],
    allowNullOrigin: options.allowNullOrigin ?? true,
    compression: options.compression ? completeDeflate(options.compression) : null,
    requireWebSocketSubprotocol: options.requireWebSocketSubprotocol ?? true,
    serverHeader: options.serverHeader === undefined ? 'Turnpike' : options.serverHeader,
  };
}
