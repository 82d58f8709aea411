import type { Payload } from '../serializers/payload.ts';
import type { Dict } from '../wamp/dict.ts';
import { notOpen, type SessionLine, tooLarge, tooManyInFlight } from './session-line.ts';

interface Pending {
  readonly code: number;
  readonly acknowledged: (id: number) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Requests that the router answers with one acknowledgement or ERROR: SUBSCRIBE, UNSUBSCRIBE,
 * REGISTER, UNREGISTER and acknowledged PUBLISH.
 */
export class Requests {
  readonly #line: SessionLine;
  readonly #pending = new Map<number, Pending>();

  constructor(line: SessionLine) {
    this.#line = line;
  }

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request `[code, Request|id, …]`.
   * @param second the second integer, where the message has one
   * @param acknowledged runs with the acknowledgement's id while that message is being read, so that
   *   what it sets up is there for the very next message; the promise resolves to what it returns
   */
  async request<T>(
    code: number,
    second: number,
    dict: Dict,
    text: string | null,
    payload: Payload | null,
    acknowledged: (id: number) => T,
  ): Promise<T> {
    const line = this.#line;
    if (!line.open) throw notOpen();
    if (this.#pending.size >= line.maxInFlight) throw tooManyInFlight('requests', line.maxInFlight);
    const request = line.nextRequest();
    if (!line.send(code, request, second, dict, text, payload)) throw tooLarge();
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(request, { code, acknowledged: (id) => resolve(acknowledged(id)), failed: reject });
    });
  }

  /** The router acknowledged the request of `code`. Answers to nothing we asked are ignored. */
  acknowledge(code: number, request: number, id: number): void {
    this.#take(code, request)?.acknowledged(id);
  }

  /** The router refused the request of `code`. */
  fail(code: number, request: number, error: Error): void {
    this.#take(code, request)?.failed(error);
  }

  /** The session is over: nothing will be answered any more. */
  end(error: Error): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { failed } of pending) failed(error);
  }

  #take(code: number, request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    if (pending?.code !== code) return undefined;
    this.#pending.delete(request);
    return pending;
  }
}
