import { REALM, URI_PREFIX } from './bench-node.ts';
import { Callee } from './callee.ts';
import { Conversation } from './conversation.ts';
import { forEachOf, type LoadPorts, shareOf } from './load.ts';
import { addressFor } from './open-link.ts';
import type { CallScenario, PacedScenario } from './scenario.ts';

/** What callee number `callee` of this run registers. */
export function procedureOf(callee: number, ports: LoadPorts): string {
  return `${URI_PREFIX}${ports.run}.procedure${callee}`;
}

/** Connects this process's share of the callees of a scenario. */
export async function joinCallees(scenario: CallScenario | PacedScenario, ports: LoadPorts): Promise<void> {
  const { callees, calleeSerializer, size } = scenario;
  const mine = shareOf(callees, ports.share);
  const address = addressFor(ports.urls, scenario.doors[0]);
  await forEachOf(mine.length, async (index) => {
    const callee = await Conversation.join(address, calleeSerializer, { realm: REALM });
    await callee.register(procedureOf(mine[index] as number, ports));
    callee.link.handler = new Callee(callee.link, 'x'.repeat(size), ports.fail);
  });
}

/** A caller among those of all processes, connected. */
export interface Joined {
  readonly conversation: Conversation;
  /** Which of all callers it is, from 0 on. */
  readonly number: number;
  /** What it calls. */
  readonly procedure: string;
}

/** Connects this process's share of the callers. */
export function joinCallers(scenario: CallScenario | PacedScenario, ports: LoadPorts): Promise<readonly Joined[]> {
  const { callers, callees, callerSerializer } = scenario;
  const mine = shareOf(callers, ports.share);
  const address = addressFor(ports.urls, scenario.doors[0]);
  return forEachOf(mine.length, async (index) => {
    const number = mine[index] as number;
    const conversation = await Conversation.join(address, callerSerializer, { realm: REALM });
    return { conversation, number, procedure: procedureOf(number % callees, ports) };
  });
}
