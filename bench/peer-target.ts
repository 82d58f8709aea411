import { existsSync } from 'node:fs';
import type { SerializerId } from '../src/serializers/serializer.ts';
import { freePorts, ListeningProcess } from './listening-process.ts';
import { PEERS, type Peer, type PeerName } from './peers.ts';
import type { Scenario } from './scenario.ts';
import type { RunningRouter, Target } from './target.ts';

/** Whether a peer has been installed. */
export function isInstalled(name: PeerName): boolean {
  return existsSync(PEERS[name].installed);
}

function serializersOf(scenario: Scenario): readonly SerializerId[] {
  if ('serializer' in scenario) return [scenario.serializer];
  return 'callerSerializer' in scenario ? [scenario.callerSerializer, scenario.calleeSerializer] : [];
}

/** Why a peer cannot do a scenario; null where it can. */
export function inability(peer: Peer, scenario: Scenario): string | null {
  for (const door of scenario.doors) {
    const reason = peer.missing[door];
    if (reason !== undefined) return reason;
  }
  const unknown = serializersOf(scenario).find((serializer) => !peer.serializers.includes(serializer));
  return unknown === undefined ? null : `speaks ${peer.serializers.join(', ')} alone`;
}

interface Running extends RunningRouter {
  readonly startUp: number;
}

async function start(peer: Peer, cores: string | null): Promise<Running> {
  const [websocket = 0, rawsocket = 0] = await freePorts(2);
  const { urls, ...launch } = peer.launch(websocket, rawsocket);
  const started = await ListeningProcess.start(launch, cores);
  return { urls, pids: () => started.pids(), startUp: started.startUp, stop: () => started.stop() };
}

/**
 * Starts a peer. @param cores where it may run; null: anywhere
 * @throws Error where it does not start
 */
export async function startPeer(name: PeerName, cores: string | null): Promise<Target & RunningRouter> {
  const peer = PEERS[name];
  const running = await start(peer, cores).catch((error: unknown) => {
    throw new Error(`${name} does not start: ${(error as Error).message}`, { cause: error });
  });
  const startUp = async (): Promise<number> => {
    const another = await start(peer, cores);
    await another.stop();
    return another.startUp;
  };
  const cannot = (scenario: Scenario): string | null => inability(peer, scenario);
  return { ...running, name, cannot, fresh: () => start(peer, cores), startUp };
}
