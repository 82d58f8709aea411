import type { LongPollOptions } from '../transports/longpoll-connection.ts';
import { LIMITS } from '../wamp/limits.ts';
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
