import type { WebSocketOptionsConfig } from '../config/schema-websocket-options.ts';
import type { WebSocketOptions } from '../transports/websocket-options.ts';
import { VERSION } from './version.ts';

/** Options of a WebSocket listener in the terms of `transports/websocket-options.ts`. */
export function compileWebSocketOptions(config: WebSocketOptionsConfig): WebSocketOptions {
  const deflate = config.compression?.deflate;
  return {
    externalPort: config.external_port ?? null,
    closeHandshakeTimeout: config.close_handshake_timeout,
    validateUtf8: config.validate_utf8,
    maskServerFrames: config.mask_server_frames,
    requireMaskedClientFrames: config.require_masked_client_frames,
    applyMask: config.apply_mask,
    maxFrameSize: config.max_frame_size,
    maxMessageSize: config.max_message_size,
    autoFragmentSize: config.auto_fragment_size,
    failByDrop: config.fail_by_drop,
    echoCloseCodeReason: config.echo_close_codereason,
    tcpNoDelay: config.tcp_nodelay,
    ...(config.auto_ping_interval !== undefined && {
      autoPingInterval: config.auto_ping_interval,
      autoPingRestartOnAnyTraffic: config.auto_ping_restart_on_any_traffic,
    }),
    ...(config.auto_ping_timeout !== undefined && { autoPingTimeout: config.auto_ping_timeout }),
    ...(config.auto_ping_size !== undefined && { autoPingSize: config.auto_ping_size }),
    allowedOrigins: config.allowed_origins,
    allowNullOrigin: config.allow_null_origin,
    compression:
      deflate === undefined
        ? null
        : {
            requestNoContextTakeover: deflate.request_no_context_takeover,
            requestMaxWindowBits: deflate.request_max_window_bits,
            ...(deflate.no_context_takeover !== undefined && { noContextTakeover: deflate.no_context_takeover }),
            ...(deflate.max_window_bits !== undefined && { maxWindowBits: deflate.max_window_bits }),
            ...(deflate.memory_level !== undefined && { memoryLevel: deflate.memory_level }),
          },
    requireWebSocketSubprotocol: config.require_websocket_subprotocol,
    serverHeader: config.show_server_version ? `Turnpike/${VERSION}` : 'Turnpike',
  };
}
