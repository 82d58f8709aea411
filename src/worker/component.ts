import type { ClientSession } from '../client/client-session.ts';
import type { Log } from '../wamp/log.ts';

/** What a component's function is handed beside its session. */
export interface ComponentContext {
  /** `extra` of the component's configuration; undefined where there is none. */
  readonly extra: unknown;
  readonly log: Log;
}

/**
 * A component: a function exported by an ES module. It is called with a session that has joined the
 * configured realm in the configured role; transports listen only when its promise has resolved.
 *
 * @example
 * export default async function (session, { extra }) {
 *   await session.register('com.example.add2', ([a, b]) => a + b);
 * }
 */
export type Component = (session: ClientSession, context: ComponentContext) => void | Promise<void>;
