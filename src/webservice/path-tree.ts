import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';
import { NotFound } from './not-found.ts';
import type { PathService } from './path-service.ts';
import { refuseUpgrade } from './reply.ts';

/** A service, and what of the path is left for it. */
interface Match {
  readonly service: PathService;
  readonly rest: readonly string[];
}

/**
 * Finds the service of a request by the first segment of its path. Where no key is that segment, the
 * service at `/` gets the whole path; without one the answer is 404. Trees nest (path service of type
 * `path`), so that the longest chain of keys wins. As Crossbar's: keys are compared exactly, after
 * percent-decoding.
 */
export class PathTree implements PathService {
  readonly #services: ReadonlyMap<string, PathService>;
  readonly #fallback: PathService;

  /** @param services by key: one segment without slashes, or `/` for the fallback */
  constructor(services: ReadonlyMap<string, PathService>) {
    for (const key of services.keys()) {
      if (key !== '/' && !/^[^/]+$/.test(key)) throw new TypeError(`not a path of one segment: ${JSON.stringify(key)}`);
    }
    this.#services = services;
    this.#fallback = services.get('/') ?? new NotFound();
  }

  handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): void | Promise<void> {
    const match = this.#match(rest);
    return match.service.handle(request, response, match.rest);
  }

  upgrade(request: UpgradeRequest, socket: Duplex, head: Buffer, rest: readonly string[]): void {
    const { service, rest: left } = this.#match(rest);
    if (service.upgrade === undefined) refuseUpgrade(socket, 400, 'This path does not speak WebSocket.');
    else service.upgrade(request, socket, head, left);
  }

  #match(rest: readonly string[]): Match {
    const [first] = rest;
    // No segment can be `/` by way of an encoded slash: the fallback is not a child.
    const child = first === undefined || first === '/' ? undefined : this.#services.get(first);
    return child === undefined ? { service: this.#fallback, rest } : { service: child, rest: rest.slice(1) };
  }
}
