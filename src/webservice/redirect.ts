import type { IncomingMessage, ServerResponse } from 'node:http';
import { escapeHtml } from './page.ts';
import type { PathService } from './path-service.ts';
import { allowsOnlyReading, replyPage } from './reply.ts';

/** Sends every request under its path to one fixed address, with 302, as Crossbar does. */
export class Redirect implements PathService {
  readonly #location: string;

  /**
   * @param url absolute, or relative to the transport; characters beyond ASCII are percent-encoded
   * @throws TypeError where it holds control characters or half of a surrogate pair
   */
  constructor(url: string) {
    if (url === '' || /\p{Cc}|\p{Surrogate}/u.test(url)) {
      throw new TypeError('a redirect needs a URL without control characters');
    }
    this.#location = url.replace(/[^\u0021-\u007e]/gu, encodeURIComponent);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (!allowsOnlyReading(request, response)) return;
    response.setHeader('Location', this.#location);
    const href = escapeHtml(this.#location);
    replyPage(response, 302, 'Moved', `<p>What was here is at <a href="${href}">${href}</a>.</p>`);
  }
}
