import type { Payload } from '../serializers/payload.ts';
import type { Clock } from '../wamp/clock.ts';
import { type Dict, EMPTY, isDict } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import type { MessageChannel } from './message-channel.ts';

/** Arguments of a call, a result, an event or an error, decoded. */
export interface Arguments {
  readonly args: unknown[];
  /** Without a prototype: a peer's `__proto__` is plain data. */
  readonly kwargs: Dict;
}

/**
 * Is told of an error that has no promise to reject: of an event handler, a progress handler, or a procedure that
 * failed with anything but a `WampError`. `where` names the handler, such as `event handler of com.example.topic`.
 */
export type ErrorReporter = (error: unknown, where: string) => void;

/** Decodes a payload; payload passthru (one binary instead of the arguments) is one positional argument. */
export function unpack(payload: Payload): Arguments {
  const [args, kwargs] = payload.count === 0 ? [] : payload.serializer.decodePayload(payload);
  return {
    args: args === undefined ? [] : Array.isArray(args) ? args : [args],
    kwargs: isDict(kwargs) ? kwargs : Object.create(null),
  };
}

/** What the roles of a client session (caller, callee, publisher, subscriber) need of it. */
export class SessionLine {
  /** Whether requests may be sent: after WELCOME, before GOODBYE. */
  open = true;
  readonly clock: Clock;
  /** The most requests, calls and invocations in flight, each counted by itself. */
  readonly maxInFlight: number;
  /** Tells the embedder of an error that has no promise to reject. */
  readonly report: ErrorReporter;
  readonly #channel: MessageChannel;
  #lastRequest = 0;

  constructor(channel: MessageChannel, clock: Clock, maxInFlight: number, report: ErrorReporter) {
    this.#channel = channel;
    this.clock = clock;
    this.maxInFlight = maxInFlight;
    this.report = report;
  }

  /** Session scope: 1, 2, 3 … [WAMP: IDs] */
  nextRequest(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  /**
   * Returns false where the message is too large for the router, or the session is not open; it was not sent then.
   * @throws WampError `wamp.error.invalid_argument` where an option cannot be serialized
   */
  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    if (!this.open) return false;
    try {
      return this.#channel.send(code, first, second, dict, text, payload);
    } catch (error) {
      throw cannotSerialize('an option', error);
    }
  }

  /** @throws WampError `wamp.error.invalid_argument` where a value cannot be serialized */
  pack(args: readonly unknown[] | undefined, kwargs: Readonly<Dict> | undefined): Payload | null {
    const hasKwargs = kwargs !== undefined && Object.keys(kwargs).length > 0;
    if (!hasKwargs && (args === undefined || args.length === 0)) return null;
    try {
      return this.#channel.serializer.encodePayload(args ?? [], hasKwargs ? kwargs : null);
    } catch (error) {
      throw cannotSerialize('an argument', error);
    }
  }
}

/** Options without the members that are left out. */
export function optionsDict(raw: Readonly<Dict> | undefined, named: Readonly<Dict>): Dict {
  const dict: Dict = { ...raw };
  for (const [key, value] of Object.entries(named)) {
    if (value !== undefined) dict[key] = value;
  }
  return Object.keys(dict).length === 0 ? EMPTY : dict;
}

/** Why a request fails that is made after the end. */
export function notOpen(): WampError {
  return new WampError(ERRORS.networkFailure.uri, ['the session is not open']);
}

export function tooManyInFlight(what: string, most: number): WampError {
  return new WampError(ERRORS.tooManyRequests.uri, [`more than ${most} ${what} in flight`]);
}

export function tooLarge(): WampError {
  return new WampError(ERRORS.payloadSizeExceeded.uri, ['the message is larger than the router takes']);
}

function cannotSerialize(what: string, cause: unknown): WampError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new WampError(ERRORS.invalidArgument.uri, [`${what} cannot be serialized${reason}`], {}, { cause });
}
