import type { WebSocketOptionsConfig } from '../config/schema-websocket-options.ts';
import { LIMITS, type Limits } from '../wamp/limits.ts';
import type { LongPollPathConfig } from './web-paths.ts';

/** What the `options` of WebSocket and RawSocket say of their sessions. */
export type SessionBoundsConfig = Pick<
  WebSocketOptionsConfig,
  'login_timeout' | 'max_outbox_size' | 'call_timeout_unit'
>;

/** Of any transport. */
type AnyBoundsConfig = Pick<SessionBoundsConfig, 'login_timeout' | 'call_timeout_unit'>;

function anyLimits({ login_timeout, call_timeout_unit }: AnyBoundsConfig): Limits {
  return { ...LIMITS, loginTimeout: login_timeout, callTimeoutUnit: call_timeout_unit === 's' ? 1_000 : 1 };
}

/** The limits of sessions over WebSocket and RawSocket. */
export function socketLimits(options: SessionBoundsConfig): Limits {
  return { ...anyLimits(options), outbox: options.max_outbox_size };
}

/** The limits of sessions over long-poll: what waits is bounded by its queue, and stands still between two requests. */
export function longPollLimits({ options }: LongPollPathConfig): Limits {
  return {
    ...anyLimits(options),
    outbox: options.queue_limit_bytes,
    outboxStall: Math.max(LIMITS.outboxStall, options.session_timeout * 1000),
  };
}
