import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hasToken, headerValues } from './header-values.ts';
import { agreeOnDeflate, type DeflateAgreement, parseExtensions } from './websocket-extensions.ts';
import type { WebSocketSettings } from './websocket-options.ts';
import { isAllowedOrigin } from './websocket-origin.ts';

/** What is looked at of a request to upgrade. */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders' | 'socket'>;

/** The upgrade is not granted: an HTTP answer. `text` holds nothing of the request. */
export interface Refusal {
  readonly status: 400 | 405 | 426 | 500 | 503 | 505;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a granted upgrade agreed on. */
export interface Agreement {
  /** The subprotocol; '' for a listener that knows none. */
  readonly protocol: string;
  /** Whether the client asked for it by name, so that the answer has to name it. */
  readonly named: boolean;
  readonly deflate: DeflateAgreement | null;
  /** Sec-WebSocket-Accept */
  readonly accept: string;
}

/** Headers that must not be there twice: which one counts would be anyone's guess. */
const SINGLE = ['host', 'upgrade', 'origin', 'sec-websocket-key', 'sec-websocket-version'];
/** Between the values of headers of one name. */
const JOINED = ', ';
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** [RFC 6455 1.3] */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** For clients that name no subprotocol where they need not. Crossbar: `require_websocket_subprotocol`. */
const FALLBACK_PROTOCOL = 'wamp.2.json';

export function refusal(status: Refusal['status'], text: string, headers: Refusal['headers'] = {}): Refusal {
  return { status, text, headers };
}

/** Whether a subprotocol's messages are text frames. */
export function isTextProtocol(protocol: string): boolean {
  return protocol === 'wamp.2.json' || protocol === 'wamp.2.json.batched';
}

/** The value that answers a Sec-WebSocket-Key. [RFC 6455 4.2.2] */
export function acceptKey(key: string): string {
  return hash('sha1', key + GUID, 'base64');
}

/** Request headers by lower-case name, several of one name joined by `, `. Without a prototype. */
export function joinHeaders(request: Pick<UpgradeRequest, 'rawHeaders'>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    const before = headers[name];
    headers[name] = before === undefined ? value : before + JOINED + value;
  }
  return headers;
}

/**
 * Judges a request to upgrade. [RFC 6455 4.2]
 * @param headers as `joinHeaders` gives them
 * @param protocols what the listener speaks, in the order in which refusals name it; empty: it does not care
 */
export function negotiate(
  request: UpgradeRequest,
  headers: Readonly<Record<string, string>>,
  protocols: readonly string[],
  settings: WebSocketSettings,
  secure: boolean,
): Agreement | Refusal {
  const flaw = checkRequest(request, headers) ?? checkParties(headers, settings, secure);
  if (flaw !== null) return flaw;
  const protocol = chooseProtocol(headers['sec-websocket-protocol'], protocols, settings);
  if (typeof protocol !== 'string') return protocol;
  const deflate = negotiateDeflate(headers['sec-websocket-extensions'], settings);
  if (deflate === 'malformed') return refusal(400, 'The Sec-WebSocket-Extensions header is malformed.');
  return {
    protocol,
    named: protocol !== '' && headers['sec-websocket-protocol'] !== undefined,
    deflate,
    accept: acceptKey(headers['sec-websocket-key'] as string),
  };
}

function checkRequest(request: UpgradeRequest, headers: Readonly<Record<string, string>>): Refusal | null {
  if (request.method !== 'GET') return refusal(405, 'A WebSocket is opened with GET.', { Allow: 'GET' });
  if (request.httpVersion !== '1.1') return refusal(505, 'A WebSocket is opened with HTTP/1.1.');
  const repeated = SINGLE.find((name) => headers[name]?.includes(JOINED) && headerValues(request, name).length > 1);
  if (repeated !== undefined) return refusal(400, `The ${repeated} header is there more than once.`);
  if (!headers['host']) return refusal(400, 'The Host header is missing.');
  if (!hasToken(headers['upgrade'] ?? '', 'websocket'))
    return refusal(400, 'The Upgrade header does not say websocket.');
  if (!hasToken(headers['connection'] ?? '', 'upgrade'))
    return refusal(400, 'The Connection header does not say Upgrade.');
  if (headers['sec-websocket-version']?.trim() !== '13') {
    return refusal(426, 'Only version 13 of the WebSocket protocol is spoken here.', { 'Sec-WebSocket-Version': '13' });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return refusal(400, 'The Sec-WebSocket-Key header is not a key.');
  return null;
}

/** Where the request thinks it goes, and from where it was caused. */
function checkParties(
  headers: Readonly<Record<string, string>>,
  settings: WebSocketSettings,
  secure: boolean,
): Refusal | null {
  if (settings.externalPort !== null) {
    const port = /:(\d{1,5})$/.exec(headers['host'] ?? '')?.[1] ?? (secure ? '443' : '80');
    if (Number(port) !== settings.externalPort) return refusal(400, 'The Host header names another port.');
  }
  const { origin } = headers;
  if (origin !== undefined && !isAllowedOrigin(origin, settings)) {
    return refusal(400, 'WebSocket connection denied: origin not allowed');
  }
  return null;
}

/** The first of the client's subprotocols that is spoken here. Crossbar: 3.14 */
function chooseProtocol(
  header: string | undefined,
  protocols: readonly string[],
  settings: WebSocketSettings,
): string | Refusal {
  const offered = header === undefined ? [] : header.split(',').map((part) => part.trim());
  if (!offered.every((part) => TOKEN.test(part)))
    return refusal(400, 'The Sec-WebSocket-Protocol header is malformed.');
  if (offered.length > 1 && new Set(offered).size < offered.length) {
    return refusal(400, 'A WebSocket subprotocol is offered twice.');
  }
  if (protocols.length === 0) return '';
  for (const part of offered) {
    // Ours, not the client's: as a part of the request it would keep all of it.
    const chosen = protocols.find((each) => each === part);
    if (chosen !== undefined) return chosen;
  }
  if (offered.length === 0 && !settings.requireWebSocketSubprotocol && protocols.includes(FALLBACK_PROTOCOL)) {
    return FALLBACK_PROTOCOL;
  }
  return refusal(400, `This server only speaks WebSocket subprotocols ${protocols.join(', ')}`);
}

function negotiateDeflate(
  header: string | undefined,
  { compression }: WebSocketSettings,
): DeflateAgreement | null | 'malformed' {
  if (header === undefined || compression === null) return null;
  const offers = parseExtensions(header);
  return offers === null ? 'malformed' : agreeOnDeflate(offers, compression);
}
