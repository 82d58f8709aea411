import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, reply, replyNotFound } from './reply.ts';

/** Crossbar declares these options and then ignores them; here they do what they say. */
export interface JsonOptions {
  /** Indented by three spaces, as Crossbar's code would. Default: compact. */
  readonly prettify?: boolean;
  /** Any page may read it. Default: true. */
  readonly allowCrossOrigin?: boolean;
  /** Tells browsers and proxies not to keep it. Default: false. */
  readonly discourageCaching?: boolean;
}

/** Serves one fixed JSON value. */
export class Json implements PathService {
  readonly #body: Buffer;
  readonly #headers: readonly (readonly [string, string])[];

  /** @throws TypeError where the value cannot be written as JSON */
  constructor(value: unknown, options: JsonOptions = {}) {
    const text: string | undefined = JSON.stringify(value, null, options.prettify === true ? 3 : undefined);
    if (text === undefined) throw new TypeError('a JSON path service needs a JSON value');
    this.#body = Buffer.from(text);
    const headers: [string, string][] = [];
    // Crossbar reflects Origin and allows credentials; a fixed public value needs neither.
    if (options.allowCrossOrigin !== false) headers.push(['Access-Control-Allow-Origin', '*']);
    if (options.discourageCaching === true) {
      headers.push(['Cache-Control', 'no-store, no-cache, must-revalidate, max-age=0']);
    }
    this.#headers = headers;
  }

  handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): void {
    if (!allowsOnlyReading(request, response)) return;
    if (rest.some((segment) => segment !== '') || rest.length > 1) {
      replyNotFound(response);
      return;
    }
    for (const [name, value] of this.#headers) response.setHeader(name, value);
    reply(response, 200, 'application/json; charset=utf-8', this.#body);
  }
}
