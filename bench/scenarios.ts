import type { SerializerId } from '../src/serializers/serializer.ts';
import type { Door } from './doors.ts';
import type {
  CallScenario,
  EventScenario,
  IdleScenario,
  LoginKind,
  LoginScenario,
  PacedScenario,
  Scenario,
  StartScenario,
} from './scenario.ts';

const SERIALIZER_NAMES: Readonly<Record<SerializerId, string>> = {
  json: 'JSON',
  msgpack: 'MessagePack',
  cbor: 'CBOR',
  ubjson: 'UBJSON',
};

/** How titles tell of a door. */
const DOOR_NAMES: Partial<Readonly<Record<Door, string>>> = {
  rawsocket: 'RawSocket',
  rules: 'WebSocket, 1,000 permissions',
  authorizer: 'WebSocket, dynamic authorizer, decisions cached',
};

const KILOBYTE = 1024;

function doorName(door: Door): string {
  return DOOR_NAMES[door] ?? 'WebSocket';
}

function sizeName(size: number): string {
  return size < KILOBYTE ? `${size} B` : `${size / KILOBYTE} KB`;
}

/** So many of them, in words. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

type CallShape = Pick<CallScenario, 'callers' | 'callees' | 'inFlight'>;
type CallRest = Partial<Pick<CallScenario, 'doors' | 'size' | 'callerSerializer' | 'calleeSerializer' | 'base'>>;

const PIPELINED: CallShape = { callers: 16, callees: 4, inFlight: 16 };
const ONE_BY_ONE: CallShape = { callers: 64, callees: 8, inFlight: 1 };
/** Large messages: fewer at a time, or they would measure nothing but memory. */
const BULKY: CallShape = { callers: 16, callees: 4, inFlight: 2 };

function calls(id: string, shape: CallShape, rest: CallRest = {}): CallScenario {
  const { doors = ['websocket'], size = 50, callerSerializer = 'msgpack', base = null } = rest;
  const { calleeSerializer = callerSerializer } = rest;
  const { callers, callees, inFlight } = shape;
  const serializers =
    callerSerializer === calleeSerializer
      ? SERIALIZER_NAMES[callerSerializer]
      : `${SERIALIZER_NAMES[callerSerializer]} to ${SERIALIZER_NAMES[calleeSerializer]}`;
  const who = `${count(callers, 'caller')} × ${inFlight} in flight, ${count(callees, 'callee')}`;
  const title = `${who}, ${sizeName(size)}, ${doorName(doors[0])}, ${serializers}`;
  return { kind: 'calls', id, title, doors, size, callerSerializer, calleeSerializer, base, ...shape };
}

/** Where nobody says what the pace is to be. */
export const DEFAULT_RATE = 10_000;

/** @param rate calls per second */
export function paced(rate: number): PacedScenario {
  const { callers, callees } = ONE_BY_ONE;
  const who = `${count(callers, 'caller')}, ${count(rate, 'call')} per second in all, ${count(callees, 'callee')}`;
  const title = `${who}, 50 B, WebSocket, MessagePack`;
  const serializers = { callerSerializer: 'msgpack', calleeSerializer: 'msgpack' } as const;
  return {
    kind: 'paced',
    id: 'calls-paced',
    title,
    doors: ['websocket'],
    callers,
    callees,
    size: 50,
    rate,
    ...serializers,
  };
}

type EventRest = Partial<Pick<EventScenario, 'size' | 'serializer'>>;

function events(id: string, subscribers: number, inFlight: number, rest: EventRest = {}): EventScenario {
  const { size = 50, serializer = 'msgpack' } = rest;
  const who = `1 publisher × ${inFlight} in flight, ${count(subscribers, 'subscriber')}`;
  const title = `${who}, ${sizeName(size)}, WebSocket, ${SERIALIZER_NAMES[serializer]}`;
  return { kind: 'events', id, title, doors: ['websocket'], serializer, subscribers, inFlight, size };
}

const LOGINS: Readonly<Record<LoginKind, { readonly name: string; readonly doors: LoginScenario['doors'] }>> = {
  anonymous: { name: 'anonymous', doors: ['websocket'] },
  ticket: { name: 'ticket, static', doors: ['ticket'] },
  wampcra: { name: 'WAMP-CRA, static', doors: ['wampcra'] },
  // The authenticator logs in with a ticket.
  dynamic: { name: 'ticket, dynamic authenticator', doors: ['dynamic', 'ticket'] },
};

function logins(login: LoginKind): LoginScenario {
  // As many as keep a router busy while the load's core is not: with few, both wait for each other.
  const inFlight = 64;
  const { name, doors } = LOGINS[login];
  const title = `connect and log in, ${name}, ${inFlight} at a time, WebSocket, MessagePack`;
  return { kind: 'logins', id: `logins-${login}`, title, doors, serializer: 'msgpack', login, inFlight };
}

function idle(sessions: number): IdleScenario {
  const title = `${count(sessions, 'session')} that do nothing, anonymous, WebSocket, MessagePack`;
  return { kind: 'idle', id: `idle-${sessions}`, title, doors: ['websocket'], serializer: 'msgpack', sessions };
}

const START: StartScenario = {
  kind: 'start',
  id: 'start-up',
  title: 'from the start of the process until the port accepts',
  doors: ['websocket'],
};

/** All that the bench measures, in the order of its table. */
export const SCENARIOS: readonly Scenario[] = [
  calls('calls-16x16', PIPELINED),
  calls('calls-16x16-json', PIPELINED, { callerSerializer: 'json' }),
  calls('calls-16x16-cbor', PIPELINED, { callerSerializer: 'cbor' }),
  calls('calls-16x16-mixed', PIPELINED, { callerSerializer: 'json', calleeSerializer: 'cbor' }),
  calls('calls-16x16-rawsocket', PIPELINED, { doors: ['rawsocket'] }),
  calls('calls-16x16-rules', PIPELINED, { doors: ['rules'], base: 'calls-16x16' }),
  // The authorizer itself comes in where nobody is asked.
  calls('calls-16x16-authorizer', PIPELINED, { doors: ['authorizer', 'websocket'], base: 'calls-16x16' }),
  calls('calls-64x1', ONE_BY_ONE),
  calls('calls-64x1-json', ONE_BY_ONE, { callerSerializer: 'json' }),
  calls('calls-64x1-rawsocket', ONE_BY_ONE, { doors: ['rawsocket'] }),
  paced(DEFAULT_RATE),
  calls('calls-1kb', PIPELINED, { size: KILOBYTE }),
  calls('calls-1kb-json', PIPELINED, { size: KILOBYTE, callerSerializer: 'json' }),
  calls('calls-64kb', BULKY, { size: 64 * KILOBYTE }),
  calls('calls-64kb-json', BULKY, { size: 64 * KILOBYTE, callerSerializer: 'json' }),
  events('events-1000x8', 1_000, 8),
  events('events-1000x8-json', 1_000, 8, { serializer: 'json' }),
  events('events-1000x1', 1_000, 1),
  events('events-1000x1-json', 1_000, 1, { serializer: 'json' }),
  events('events-1000x1-1kb', 1_000, 1, { size: KILOBYTE }),
  events('events-100x1-64kb', 100, 1, { size: 64 * KILOBYTE }),
  logins('anonymous'),
  logins('ticket'),
  logins('wampcra'),
  logins('dynamic'),
  idle(10_000),
  START,
];

/**
 * The scenarios that a comma-separated list names, each by its id or by how ids begin: `calls-64,logins`.
 * @throws RangeError naming the part that names none
 */
export function selectScenarios(list: string): readonly Scenario[] {
  const parts = list.split(',').map((part) => part.trim());
  for (const part of parts) {
    if (part === '' || !SCENARIOS.some(({ id }) => id.startsWith(part))) {
      throw new RangeError(`no scenario is called "${part}", nor begins so; --list shows them`);
    }
  }
  return SCENARIOS.filter(({ id }) => parts.some((part) => (isId(part) ? id === part : id.startsWith(part))));
}

function isId(name: string): boolean {
  return SCENARIOS.some(({ id }) => id === name);
}
