import type { EchoScenario, FanOutScenario, Scenario } from './scenario.ts';
import { count, selectScenarios } from './scenarios.ts';

/** A scenario, and the least that the system has to do for it. */
export interface Budget {
  readonly scenario: Scenario;
  readonly floor: EchoScenario | FanOutScenario;
  /** How many operations of the floor are held against one of the scenario. */
  readonly operations: number;
  /** How many times the CPU of the floor it may take. */
  readonly most: number;
}

/** Bytes of a CALL with 50 bytes in it, about; of its RESULT, fewer. */
const CALL_SIZE = 80;
/** Bytes of an EVENT with 50 bytes in it, in MessagePack: ids of subscriptions and publications take nine. */
const EVENT_SIZE = 74;
/** A call is two messages that come and two that go, an echo is one of each. */
const ECHOES_OF_A_CALL = 2;

/** What `calls-16x16` is held against, and a bare echo of Node too. */
export const PIPELINED_ECHO: EchoScenario = echo('echo-16x16', 16, 16);

function echo(id: string, connections: number, inFlight: number): EchoScenario {
  const title = `${count(connections, 'connection')} × ${inFlight} in flight, ${CALL_SIZE} B, RawSocket`;
  return { kind: 'echo', id, title, doors: ['rawsocket'], connections, inFlight, size: CALL_SIZE };
}

function fanOut(id: string, subscribers: number, inFlight: number): FanOutScenario {
  const who = `1 publisher × ${inFlight} in flight, ${count(subscribers, 'subscriber')}`;
  const title = `${who}, ${EVENT_SIZE} B, RawSocket`;
  return { kind: 'fan-out', id, title, doors: ['rawsocket'], subscribers, inFlight, size: EVENT_SIZE };
}

function calls(id: string, floor: EchoScenario, most: number): Budget {
  return { scenario: known(id), floor, operations: ECHOES_OF_A_CALL, most };
}

function events(id: string, floor: FanOutScenario, most: number): Budget {
  return { scenario: known(id), floor, operations: 1, most };
}

function known(id: string): Scenario {
  const [scenario] = selectScenarios(id);
  return scenario as Scenario;
}

/** All that the router is held against. */
export const BUDGETS: readonly Budget[] = [
  calls('calls-16x16', PIPELINED_ECHO, 2.5),
  calls('calls-64x1', echo('echo-64x1', 64, 1), 1.2),
  events('events-1000x8', fanOut('fan-out-1000x8', 1_000, 8), 2),
  events('events-1000x1', fanOut('fan-out-1000x1', 1_000, 1), 1.6),
];
