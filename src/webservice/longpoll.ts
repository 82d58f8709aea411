import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LongPollListener } from '../transports/longpoll.ts';
import type { LongPollConnection } from '../transports/longpoll-connection.ts';
import { Cors } from './cors.ts';
import type { PathService } from './path-service.ts';
import { reply, replyError, replyNotFound, replyPage } from './reply.ts';
import { announcedLength, readBody } from './request-body.ts';

/** The body of an `/open`: a list of a dozen names. */
const LONGEST_OPENING = 4 * 1024;
const MOST_PROTOCOLS = 100;
/** Seconds after which a client that was not admitted may come again. */
const RETRY_AFTER = '5';

/**
 * WAMP over HTTP requests: `/open`, then `/<transport>/send`, `/receive` and `/close`. [WAMP: HTTP Longpoll Transport]
 *
 * Answers without content have the status 204, as Crossbar's: Autobahn|JS takes the specification's 202 for a failure.
 */
export class LongPollPath implements PathService {
  readonly #listener: LongPollListener;
  readonly #cors: Cors;

  constructor(listener: LongPollListener) {
    this.#listener = listener;
    this.#cors = new Cors(listener.origins, ['POST', 'OPTIONS']);
  }

  async handle(request: IncomingMessage, response: ServerResponse, rest: readonly string[]): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    if (!this.#cors.admit(request, response)) {
      replyError(response, 403, 'Pages of this origin may not use this address.');
      return;
    }
    if (request.method === 'OPTIONS') {
      this.#cors.preflight(response);
      return;
    }
    const [first = '', second] = rest;
    if (rest.length <= 1 && first === '') replyInfo(request, response);
    else if (rest.length === 1 && first === 'open')
      await this.#post(request, response, () => this.#open(request, response));
    else if (rest.length === 2 && second !== undefined) await this.#use(request, response, first, second);
    else replyNotFound(response);
  }

  async #use(request: IncomingMessage, response: ServerResponse, transport: string, verb: string): Promise<void> {
    const run = VERBS.get(verb);
    if (run === undefined) {
      replyNotFound(response);
      return;
    }
    await this.#post(request, response, () => {
      const connection = this.#listener.find(transport);
      if (connection === undefined) refuse(request, response, 404, NO_TRANSPORT);
      else run(connection, request, response);
    });
  }

  async #post(request: IncomingMessage, response: ServerResponse, run: () => void | Promise<void>): Promise<void> {
    if (request.method === 'POST') {
      await run();
      return;
    }
    response.setHeader('Allow', 'POST, OPTIONS');
    refuse(request, response, 405, 'Only POST is served here.');
  }

  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, LONGEST_OPENING);
    if (body === 'aborted') return;
    if (body === 'too-large') {
      refuse(request, response, 413, 'The body is too large.');
      return;
    }
    const offered = protocolsIn(body);
    if (offered === null) {
      refuse(request, response, 400, 'The body is not JSON with a list of "protocols".');
      return;
    }
    const opening = this.#listener.open(request, offered);
    switch (opening.kind) {
      case 'opened': {
        for (const [name, value] of Object.entries(opening.headers)) response.setHeader(name, value);
        const { transport, protocol } = opening;
        reply(response, 200, 'application/json; charset=utf-8', JSON.stringify({ transport, protocol }));
        return;
      }
      case 'no-protocol':
        refuse(request, response, 400, opening.text);
        return;
      case 'busy':
        response.setHeader('Retry-After', RETRY_AFTER);
        refuse(request, response, 503, 'Too many connections wait to log in.');
        return;
      case 'failed':
        refuse(request, response, 500, 'The transport could not be opened.');
    }
  }
}

const NO_TRANSPORT = 'There is no such transport.';

const VERBS: ReadonlyMap<
  string,
  (connection: LongPollConnection, request: IncomingMessage, response: ServerResponse) => void
> = new Map([
  ['send', send],
  ['receive', receive],
  ['close', close],
]);

function protocolsIn(body: Buffer): readonly string[] | null {
  let opening: unknown;
  try {
    opening = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (typeof opening !== 'object' || opening === null || !('protocols' in opening)) return null;
  const { protocols } = opening;
  const fits = Array.isArray(protocols) && protocols.length <= MOST_PROTOCOLS;
  return fits && protocols.every((name) => typeof name === 'string') ? (protocols as string[]) : null;
}

/** Takes the body piece by piece, and no more of it than is allowed now. */
function send(connection: LongPollConnection, request: IncomingMessage, response: ServerResponse): void {
  const { uploads } = connection;
  if (uploads.ended) {
    refuse(request, response, 404, NO_TRANSPORT);
    return;
  }
  const upload = uploads.begin();
  if (upload === null) {
    refuse(request, response, 429, 'Too many requests of this transport are under way.');
    return;
  }
  const tooLarge = (): void => {
    connection.fail('a message is too large');
    refuse(request, response, 413, 'The message is too large.');
  };
  request.once('close', () => uploads.drop(upload));
  if (announcedLength(request) > uploads.limit) {
    tooLarge();
    return;
  }
  request.on('data', (chunk: Buffer) => {
    if (response.headersSent || uploads.add(upload, chunk)) return;
    tooLarge();
  });
  request.once('end', () => {
    if (response.headersSent) return;
    uploads.complete(upload, (outcome) => {
      if (outcome === 'late') refuse(request, response, 404, NO_TRANSPORT);
      else if (connection.closeReason === 'protocol-error')
        refuse(request, response, 400, 'could not unserialize WAMP message.');
      else replyEmpty(response);
    });
  });
}

function receive(connection: LongPollConnection, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  // Waiting is what it is for: what Node set for HTTP does not count meanwhile.
  response.setTimeout(0);
  const onLeave = connection.poll({
    messages(bytes, done) {
      if (response.destroyed || request.socket.destroyed) {
        done(false);
        return;
      }
      let went = false;
      response.once('finish', () => {
        // Node says so, too, when the connection was torn down with bytes left to write.
        went = !request.socket.destroyed;
      });
      response.once('close', () => done(went));
      reply(response, 200, connection.mediaType, bytes);
    },
    nothing: () => replyEmpty(response),
    gone: () => refuse(request, response, 404, NO_TRANSPORT),
  });
  response.once('close', onLeave);
}

function close(connection: LongPollConnection, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  connection.leave();
  replyEmpty(response);
}

function replyEmpty(response: ServerResponse): void {
  response.statusCode = 204;
  response.end();
}

/** A sentence for a program. What is left of the request is not read. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  if (!request.complete) response.setHeader('Connection', 'close');
  reply(response, status, 'text/plain; charset=utf-8', text);
}

function replyInfo(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD, OPTIONS');
    replyError(response, 405, 'Only GET and HEAD are served here.');
    return;
  }
  replyPage(
    response,
    200,
    'A WAMP endpoint',
    '<p>This address speaks WAMP over HTTP long-poll: it is for applications. It works; there is nothing here to look at.</p>',
  );
}
