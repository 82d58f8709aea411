import type { Socket } from 'node:net';
import { hasToken, headerValues, type RawHeaders } from '../transports/header-values.ts';
import type { UpgradeRequest } from '../transports/websocket-handshake.ts';

export interface ReadUpgrade {
  readonly request: UpgradeRequest;
  /** What came behind the request. */
  readonly head: Buffer;
}

export interface HeaderLimits {
  /** Bytes of a request's line and headers. */
  readonly maxHeaderSize: number;
  readonly maxHeaders: number;
}

const END = '\r\n\r\n';
const GET = 0x47;
const REQUEST_LINE = /^GET (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/**
 * A name, and a value without the blanks around it. [RFC 9110 5.5, 5.6.2; RFC 9112 5] Tabs count as blanks too, but
 * Node's server takes one behind a word of Connection for a part of the word.
 */
const HEADER =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)? *$/;
/** With one of these, a request is more than its headers. */
const BODY = /^(?:content-length|transfer-encoding|expect|trailer)$/i;

/**
 * Reads a request for a WebSocket that came in one piece, as nearly all do. Node's HTTP server would make four
 * objects and a dozen listeners for it, which cost as much as the login behind it.
 * @returns null for whatever is not beyond doubt: that is for the HTTP server, which says what is wrong
 */
export function readUpgrade(chunk: Buffer, socket: Socket, limits: HeaderLimits): ReadUpgrade | null {
  if (chunk[0] !== GET) return null;
  const end = chunk.indexOf(END, 0, 'latin1');
  if (end < 0 || end + END.length > limits.maxHeaderSize) return null;
  const [line = '', ...lines] = chunk.toString('latin1', 0, end).split('\r\n');
  const url = REQUEST_LINE.exec(line)?.[1];
  if (url === undefined || lines.length > limits.maxHeaders) return null;
  const rawHeaders: string[] = [];
  for (const header of lines) {
    const parts = HEADER.exec(header);
    const name = parts?.[1];
    if (name === undefined || BODY.test(name)) return null;
    rawHeaders.push(name, parts?.[2] ?? '');
  }
  const request = { method: 'GET', url, httpVersion: '1.1', rawHeaders, socket };
  if (!hasToken(headerValues(request, 'connection').join(','), 'upgrade') || !offersWebSocket(request)) return null;
  return { request, head: chunk.subarray(end + END.length) };
}

/** Whether the upgrade that a request offers is WebSocket. */
export function offersWebSocket(request: RawHeaders): boolean {
  return hasToken(headerValues(request, 'upgrade').join(','), 'websocket');
}
