/** Options of WebSocket and RawSocket transports. Crossbar: `check_websocket_options`, `set_websocket_options`, `check_rawsocket_options`. */
import * as z from 'zod';
import { LIMITS } from '../wamp/limits.ts';
import { isNetwork } from './network.ts';
import { removed } from './refusals.ts';
import { type Config, flag, integer, listOf, millisecondsOrOff, oneOf, strict, text, zeroOr } from './schema-basics.ts';

const MEBIBYTE = 1024 * 1024;
const FLASH = removed('Flash has gone from browsers');

export const loginTimeout = integer(100, 3_600_000, ' (milliseconds)')
  .default(LIMITS.loginTimeout)
  .describe(
    `From connection to WELCOME, in milliseconds. Default ${LIMITS.loginTimeout}. Not in Crossbar, which waits for ever.`,
  );

export const callTimeoutUnit = oneOf(['ms', 's'])
  .default('ms')
  .describe(
    'Unit of the `timeout` in CALL and INVOCATION: "ms" as WAMP specifies, "s" for clients that were written for Crossbar. Default "ms".',
  );

/** Patterns of origins. */
export const allowedOrigins = listOf(text(), 'origins').default(['*']);

/** Bounds per address. */
export const addressBounds = {
  max_failed_logins: integer(0, 1_000_000)
    .default(LIMITS.failedLogins)
    .describe(
      `Failed logins per minute from one address, before it has to wait; 0: any number. Default ${LIMITS.failedLogins}. Not in Crossbar.`,
    ),
  trusted_proxies: listOf(
    text('an address or a network').refine(isNetwork, {
      error: 'expected an address or a network such as "10.0.0.0/8"',
    }),
    'addresses and networks',
  )
    .exactOptional()
    .describe(
      'Proxies in front of the router: their X-Forwarded-For says who counts as a client; [] says that there are none. Default: not known, then nothing is counted for clients from this machine and private networks. Not in Crossbar.',
    ),
};

/** Bounds of ours; both kinds of transport take them. */
const bounds = {
  login_timeout: loginTimeout,
  ...addressBounds,
  max_outbox_size: integer(64 * 1024, 1024 * MEBIBYTE, ' (bytes)')
    .default(LIMITS.outbox)
    .describe(
      `Bytes that may wait to be taken by one client before it is disconnected. Default ${LIMITS.outbox}. Not in Crossbar, which has no bound.`,
    ),
  call_timeout_unit: callTimeoutUnit,
};

/** Crossbar's sizes, where 0 is "unlimited": that means the router's own limit here. */
function size(max: number, what: string) {
  return integer(0, max, ' (bytes)')
    .transform((bytes) => (bytes === 0 ? LIMITS.message : bytes))
    .prefault(0)
    .describe(`${what}, in bytes. Default 0: the router's limit of ${LIMITS.message}.`);
}

const deflate = strict('parameters of permessage-deflate', {
  request_no_context_takeover: flag()
    .default(false)
    .describe('Accept only clients that can compress each message by itself. Default false.'),
  request_max_window_bits: zeroOr(8, 15, 'expected 0 or an integer from 8 to 15')
    .default(0)
    .describe('Largest window that clients may compress with; 0 leaves it to them. Default 0.'),
  no_context_takeover: flag().exactOptional().describe('Compress each message by itself. Default: as negotiated.'),
  max_window_bits: integer(8, 15)
    .exactOptional()
    .describe('Largest window that the router compresses with. Default: as negotiated.'),
  memory_level: integer(1, 9).exactOptional().describe("Memory that zlib takes per connection. Default: zlib's."),
});

export const websocketOptions = strict('WebSocket options', {
  allowed_origins: allowedOrigins.describe(
    'Origins from which browsers may connect; `*` stands for anything. Default ["*"].',
  ),
  allow_null_origin: flag().default(true).describe('Accept the origin "null". Default true.'),
  external_port: integer(1, 65_535)
    .exactOptional()
    .describe('Port under which clients know the router. Default: the one it listens on.'),
  enable_hybi10: flag()
    .default(true)
    .describe('WebSocket of before RFC 6455. Has no effect here: only RFC 6455 is spoken.'),
  enable_rfc6455: z
    .literal(true, { error: 'expected true: only RFC 6455 is spoken here' })
    .default(true)
    .describe('WebSocket of RFC 6455. Only true.'),
  open_handshake_timeout: millisecondsOrOff()
    .default(0)
    .describe('For the opening handshake, in milliseconds. Default 0: off.'),
  close_handshake_timeout: millisecondsOrOff()
    .default(0)
    .describe('For the closing handshake, in milliseconds. Default 0: off.'),
  enable_webstatus: flag().default(true).describe('Answer plain HTTP requests with a status page. Default true.'),
  validate_utf8: flag().default(true).describe('Check that text messages are UTF-8. Default true.'),
  mask_server_frames: flag().default(false).describe('Mask what the router sends. Default false.'),
  require_masked_client_frames: flag()
    .default(true)
    .describe('Refuse frames of clients that are not masked. Default true.'),
  apply_mask: flag().default(true).describe('Really apply masks. Default true; false is for tests.'),
  max_frame_size: size(Number.MAX_SAFE_INTEGER, 'Largest frame accepted'),
  max_message_size: size(64 * MEBIBYTE, 'Largest message accepted'),
  auto_fragment_size: integer(0, Number.MAX_SAFE_INTEGER, ' (bytes)')
    .default(0)
    .describe('Split messages that the router sends into frames of that size, in bytes. Default 0: off.'),
  fail_by_drop: flag().default(false).describe('Drop the connection on errors instead of closing it. Default false.'),
  echo_close_codereason: flag().default(false).describe('Answer a close with the same code and reason. Default false.'),
  tcp_nodelay: flag().default(true).describe('TCP_NODELAY: send small messages at once. Default true.'),
  auto_ping_interval: millisecondsOrOff()
    .exactOptional()
    .describe('Between pings, in milliseconds; 0 is off. Default: 30 seconds here, off in Crossbar.'),
  auto_ping_timeout: millisecondsOrOff()
    .exactOptional()
    .describe(
      'How long a pong may take, in milliseconds, before the connection is dropped; 0 is off. Default: 60 seconds here, off in Crossbar.',
    ),
  auto_ping_size: integer(12, 125).exactOptional().describe('Payload of pings, in bytes. Default: the smallest.'),
  auto_ping_restart_on_any_traffic: flag()
    .default(false)
    .describe("Any traffic counts as a pong. Default false, as in Crossbar's code."),
  enable_flash_policy: flag()
    .refine((wanted) => !wanted, { error: FLASH })
    .default(false)
    .describe('Only false: Flash has gone.'),
  flash_policy: z.unknown().exactOptional().describe('Has no effect: Flash has gone.'),
  compression: strict('compression', {
    deflate: deflate.exactOptional().describe('permessage-deflate (RFC 7692).'),
  })
    .exactOptional()
    .describe('Compression of messages. Default: none.'),
  require_websocket_subprotocol: flag()
    .default(true)
    .describe('Refuse clients that offer no WAMP subprotocol; else they get `wamp.2.json`. Default true.'),
  show_server_version: flag().default(false).describe('Say the version in the `Server` header. Default false.'),
  ...bounds,
}).meta({ id: 'websocketOptions' });

export const rawsocketOptions = strict('RawSocket options', {
  max_message_size: integer(512, 16 * MEBIBYTE, ' (bytes)')
    .default(16 * MEBIBYTE)
    .describe(
      'Largest message accepted, in bytes; announced to the client, rounded to a power of two. Default 16777216, the most that RawSocket can say.',
    ),
  ...bounds,
}).meta({ id: 'rawsocketOptions' });

/** Found by trying Autobahn|Python 26.10's messages on itself. */
const FLATBUFFERS =
  'not supported: Autobahn|Python, the one client that speaks it, loses roles, authmethods, "match", "invoke" and the arguments of errors on the way; use "cbor"';

/** What clients may speak, in no order of preference: the client's order decides. */
export const serializers = listOf(
  oneOf(['cbor', 'msgpack', 'ubjson', 'json', 'ubjson12'], new Map([['flatbuffers', FLATBUFFERS]])),
  'serializers',
)
  .refine((ids) => !(ids.includes('ubjson') && ids.includes('ubjson12')), {
    error: '"ubjson" and "ubjson12" have one name on the wire: only one of them can be spoken here',
  })
  .default(['cbor', 'msgpack', 'ubjson', 'json'])
  .describe(
    'Serializers that clients may use; `ubjson` as Crossbar and Autobahn speak it (BJData), or `ubjson12` (UBJSON draft 12) for Autobahn|Python up to 25.12. Default: `cbor`, `msgpack`, `ubjson`, `json`.',
  );

export type WebSocketOptionsConfig = Config<typeof websocketOptions>;
