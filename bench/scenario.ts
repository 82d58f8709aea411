import type { SerializerId } from '../src/serializers/serializer.ts';
import type { Door } from './doors.ts';

interface Described {
  /** What `--only` names. */
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  /** The doors that it needs; the load comes through the first. */
  readonly doors: readonly [Door, ...Door[]];
}

/** Callers and callees; caller i calls callee i mod `callees`. One operation: a call with its result. */
interface Calling extends Described {
  readonly callers: number;
  readonly callees: number;
  /** Bytes of the one string that is the argument and the result. */
  readonly size: number;
  readonly callerSerializer: SerializerId;
  readonly calleeSerializer: SerializerId;
}

/** Callers that each keep `inFlight` calls open. */
export interface CallScenario extends Calling {
  readonly kind: 'calls';
  readonly inFlight: number;
  /** The scenario that differs in nothing but the rights of the callers; null where it is one itself. */
  readonly base: string | null;
}

/** Callers that call at a pace of their own, whatever becomes of the calls before. */
export interface PacedScenario extends Calling {
  readonly kind: 'paced';
  /** Calls per second, of all callers together. */
  readonly rate: number;
}

/** One publisher that keeps `inFlight` publications on their way to all subscribers. One operation: an event received. */
export interface EventScenario extends Described {
  readonly kind: 'events';
  readonly subscribers: number;
  readonly inFlight: number;
  readonly size: number;
  readonly serializer: SerializerId;
}

/** Connections that each keep `inFlight` frames on their way to an echo. One operation: a frame that came back. */
export interface EchoScenario extends Described {
  readonly kind: 'echo';
  readonly connections: number;
  readonly inFlight: number;
  /** Bytes of a frame behind its header. */
  readonly size: number;
}

/** One publisher that sends `inFlight` frames together to all subscribers, again and again. One operation: a frame received. */
export interface FanOutScenario extends Described {
  readonly kind: 'fan-out';
  readonly subscribers: number;
  readonly inFlight: number;
  /** Bytes of a frame behind its header. */
  readonly size: number;
}

/** How the clients of a login scenario come in. */
export type LoginKind = 'anonymous' | 'ticket' | 'wampcra' | 'dynamic';

/** Connect, log in, reset, again: `inFlight` at a time. One operation: a WELCOME. */
export interface LoginScenario extends Described {
  readonly kind: 'logins';
  readonly login: LoginKind;
  readonly inFlight: number;
  readonly serializer: SerializerId;
}

/** Sessions that join, and do nothing. */
export interface IdleScenario extends Described {
  readonly kind: 'idle';
  readonly sessions: number;
  readonly serializer: SerializerId;
}

/** What load processes make. */
export type LoadScenario =
  | CallScenario
  | PacedScenario
  | EventScenario
  | LoginScenario
  | IdleScenario
  | EchoScenario
  | FanOutScenario;

/** A router is started, until it listens. */
export interface StartScenario extends Described {
  readonly kind: 'start';
}

export type Scenario = LoadScenario | StartScenario;

/** The scenario of a kind. */
export type ScenarioOf<Kind extends Scenario['kind']> = Extract<Scenario, { readonly kind: Kind }>;
