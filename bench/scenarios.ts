import type { SerializerId } from '../src/serializers/serializer.ts';

export type Transport = 'websocket' | 'rawsocket';
/** How the clients of a login scenario come in. */
export type LoginKind = 'anonymous' | 'ticket' | 'dynamic';

interface Described {
  /** What `--only` names. */
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  readonly transport: Transport;
}

/** Callers that each keep `inFlight` calls open; caller i calls callee i mod `callees`. One operation: a call with its result. */
export interface CallScenario extends Described {
  readonly kind: 'calls';
  readonly callers: number;
  readonly callees: number;
  readonly inFlight: number;
  /** Bytes of the one string that is the argument and the result. */
  readonly size: number;
  readonly callerSerializer: SerializerId;
  readonly calleeSerializer: SerializerId;
}

/** One publisher that keeps `inFlight` publications on their way to all subscribers. One operation: an event received. */
export interface EventScenario extends Described {
  readonly kind: 'events';
  readonly subscribers: number;
  readonly inFlight: number;
  readonly size: number;
  readonly serializer: SerializerId;
}

/** Connect, log in, reset, again: `inFlight` at a time. One operation: a WELCOME. */
export interface LoginScenario extends Described {
  readonly kind: 'logins';
  readonly login: LoginKind;
  readonly inFlight: number;
  readonly serializer: SerializerId;
}

export type Scenario = CallScenario | EventScenario | LoginScenario;

const TRANSPORT_NAMES: Readonly<Record<Transport, string>> = { websocket: 'WebSocket', rawsocket: 'RawSocket' };
const SERIALIZER_NAMES: Readonly<Record<SerializerId, string>> = {
  json: 'JSON',
  msgpack: 'MessagePack',
  cbor: 'CBOR',
  ubjson: 'UBJSON',
};

const KILOBYTE = 1024;

function sizeName(size: number): string {
  return size < KILOBYTE ? `${size} B` : `${size / KILOBYTE} KB`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

type CallShape = Pick<CallScenario, 'callers' | 'callees' | 'inFlight'>;
type CallRest = Partial<Pick<CallScenario, 'transport' | 'size' | 'callerSerializer' | 'calleeSerializer'>>;

const PIPELINED: CallShape = { callers: 16, callees: 4, inFlight: 16 };
const ONE_BY_ONE: CallShape = { callers: 64, callees: 8, inFlight: 1 };
/** Large messages: fewer at a time, or they would measure nothing but memory. */
const BULKY: CallShape = { callers: 16, callees: 4, inFlight: 2 };

function calls(id: string, shape: CallShape, rest: CallRest = {}): CallScenario {
  const { transport = 'websocket', size = 50, callerSerializer = 'msgpack' } = rest;
  const { calleeSerializer = callerSerializer } = rest;
  const { callers, callees, inFlight } = shape;
  const serializers =
    callerSerializer === calleeSerializer
      ? SERIALIZER_NAMES[callerSerializer]
      : `${SERIALIZER_NAMES[callerSerializer]} to ${SERIALIZER_NAMES[calleeSerializer]}`;
  const who = `${count(callers, 'caller')} × ${inFlight} in flight, ${count(callees, 'callee')}`;
  const title = `${who}, ${sizeName(size)}, ${TRANSPORT_NAMES[transport]}, ${serializers}`;
  return { kind: 'calls', id, title, transport, size, callerSerializer, calleeSerializer, ...shape };
}

function events(id: string, subscribers: number, inFlight: number, size = 50): EventScenario {
  const title = `1 publisher × ${inFlight} in flight, ${count(subscribers, 'subscriber')}, ${sizeName(size)}, WebSocket, MessagePack`;
  return { kind: 'events', id, title, transport: 'websocket', serializer: 'msgpack', subscribers, inFlight, size };
}

const LOGIN_NAMES: Readonly<Record<LoginKind, string>> = {
  anonymous: 'anonymous',
  ticket: 'ticket, static',
  dynamic: 'ticket, dynamic authenticator',
};

function logins(login: LoginKind): LoginScenario {
  const inFlight = 16;
  const title = `connect and log in, ${LOGIN_NAMES[login]}, ${inFlight} at a time, WebSocket, MessagePack`;
  return {
    kind: 'logins',
    id: `logins-${login}`,
    title,
    transport: 'websocket',
    serializer: 'msgpack',
    login,
    inFlight,
  };
}

/** All that the bench measures, in the order of its table. */
export const SCENARIOS: readonly Scenario[] = [
  calls('calls-16x16', PIPELINED),
  calls('calls-16x16-json', PIPELINED, { callerSerializer: 'json' }),
  calls('calls-16x16-cbor', PIPELINED, { callerSerializer: 'cbor' }),
  calls('calls-16x16-mixed', PIPELINED, { callerSerializer: 'json', calleeSerializer: 'cbor' }),
  calls('calls-16x16-rawsocket', PIPELINED, { transport: 'rawsocket' }),
  calls('calls-64x1', ONE_BY_ONE),
  calls('calls-64x1-rawsocket', ONE_BY_ONE, { transport: 'rawsocket' }),
  calls('calls-1kb', PIPELINED, { size: KILOBYTE }),
  calls('calls-1kb-json', PIPELINED, { size: KILOBYTE, callerSerializer: 'json' }),
  calls('calls-64kb', BULKY, { size: 64 * KILOBYTE }),
  calls('calls-64kb-json', BULKY, { size: 64 * KILOBYTE, callerSerializer: 'json' }),
  events('events-1000x8', 1_000, 8),
  events('events-1000x1', 1_000, 1),
  events('events-1000x1-1kb', 1_000, 1, KILOBYTE),
  events('events-100x1-64kb', 100, 1, 64 * KILOBYTE),
  logins('anonymous'),
  logins('ticket'),
  logins('dynamic'),
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
