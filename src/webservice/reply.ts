import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { escapeHtml, htmlPage, PAGE_POLICY } from './page.ts';

/** Headers that describe a body; an answer that replaces a prepared one must not keep them. */
const BODY_HEADERS = ['Cache-Control', 'Content-Encoding', 'ETag', 'Expires', 'Last-Modified', 'Accept-Ranges'];

/** Answers with a whole body. HEAD gets the headers alone. */
export function reply(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

/**
 * Answers with a page of the router's own.
 *
 * @param content HTML: whatever comes from outside has been through `escapeHtml`
 */
export function replyPage(response: ServerResponse, status: number, title: string, content: string): void {
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
  reply(response, status, 'text/html; charset=utf-8', htmlPage(title, content));
}

/**
 * Answers with an error page, and nothing of the request on it.
 *
 * @param text a plain sentence for the reader
 */
export function replyError(response: ServerResponse, status: number, text: string): void {
  for (const name of BODY_HEADERS) response.removeHeader(name);
  replyPage(response, status, `${status} ${STATUS_CODES[status] ?? 'Error'}`, `<p>${escapeHtml(text)}</p>`);
}

export function replyNotFound(response: ServerResponse): void {
  replyError(response, 404, 'This node serves nothing at this address.');
}

/** Whether the method is GET or HEAD. If not, 405 has been answered. */
export function allowsOnlyReading(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  response.setHeader('Allow', 'GET, HEAD');
  replyError(response, 405, 'Only GET and HEAD are served here.');
  return false;
}

/** A whole HTTP answer for a socket that no `ServerResponse` serves: a failed upgrade, a request that could not be read. */
export function refuseUpgrade(socket: Duplex, status: number, text: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = Buffer.from(`${text}\n`);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Server: Turnpike',
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${body.length}`,
  ].join('\r\n');
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]), () => socket.destroy());
}
