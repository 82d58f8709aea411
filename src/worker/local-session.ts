import type { ClientSession } from '../client/client-session.ts';
import type { ClientPorts } from '../client/join-options.ts';
import { Joining } from '../client/joining.ts';
import { memoryPair } from '../transports/memory.ts';
import type { Log } from '../wamp/log.ts';
import type { LocalPrincipal, SessionHost } from './session-host.ts';

/** Binary, with every value that WAMP has, and the cheapest to route. */
const PROTOCOL = 'wamp.2.msgpack';

export interface LocalPorts extends ClientPorts {
  readonly pid: number;
  readonly log: Log;
}

/** Joins a realm from inside of the process: the session is like any other, over a transport in memory. */
export async function joinLocally(
  host: SessionHost,
  principal: LocalPrincipal,
  ports: LocalPorts,
): Promise<ClientSession> {
  const { pid, log } = ports;
  const onError = (error: unknown, where: string): void => log.error('a handler failed', { where, error });
  const joining = new Joining({ realm: principal.realm.name, onError }, ports);
  memoryPair({ protocol: PROTOCOL, peer: `process:${pid}`, log }, host.local(principal), joining.accept);
  return joining.session;
}
