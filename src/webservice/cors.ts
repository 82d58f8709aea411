import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAllowedOrigin, listedPatterns, type OriginRules } from '../transports/websocket-origin.ts';

/** How long a browser may remember what it was allowed, in seconds. */
const REMEMBERED = '3600';

/**
 * Which pages may use a service. Pages of an origin that a pattern lists may do so with cookies; where a pattern such
 * as `*` lets in anybody, others may do so without. (Crossbar lets pages of any origin in, with cookies.)
 */
export class Cors {
  readonly #rules: OriginRules;
  readonly #listed: OriginRules;
  readonly #methods: string;

  constructor(rules: OriginRules, methods: readonly string[]) {
    this.#rules = rules;
    this.#listed = { allowedOrigins: listedPatterns(rules.allowedOrigins), allowNullOrigin: false };
    this.#methods = methods.join(', ');
  }

  /** Sets the headers that say what the page may do. @returns false where the request comes from a page that may do nothing */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    response.setHeader('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined) return true;
    if (!isAllowedOrigin(origin, this.#rules)) return false;
    if (isAllowedOrigin(origin, this.#listed)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    } else {
      response.setHeader('Access-Control-Allow-Origin', '*');
    }
    return true;
  }

  /** Answers a preflight that was admitted. [Fetch: CORS-preflight request] */
  preflight(response: ServerResponse): void {
    response.setHeader('Access-Control-Allow-Methods', this.#methods);
    response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
    response.setHeader('Access-Control-Max-Age', REMEMBERED);
    response.statusCode = 204;
    response.end();
  }
}
