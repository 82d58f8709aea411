import type { LongPollOptions } from '../transports/longpoll-connection.ts';
import { LIMITS, type Limits } from '../wamp/limits.ts';
import type { LongPollPathConfig } from './web-paths.ts';

/** Options of a long-poll path in the terms of `transports/longpoll-connection.ts`. */
export function compileLongPollOptions({ options }: LongPollPathConfig): LongPollOptions {
  return {
    requestTimeout: options.request_timeout * 1000,
    sessionTimeout: options.session_timeout * 1000,
    queueLimitBytes: options.queue_limit_bytes,
    queueLimitMessages: options.queue_limit_messages,
    closeTimeout: LIMITS.closeTimeout,
  };
}

/** The limits of its sessions: what waits is bounded by its queue, and stands still between two requests. */
export function longPollLimits({ options }: LongPollPathConfig): Limits {
  return {
    ...LIMITS,
    loginTimeout: options.login_timeout,
    outbox: options.queue_limit_bytes,
    outboxStall: Math.max(LIMITS.outboxStall, options.session_timeout * 1000),
  };
}
