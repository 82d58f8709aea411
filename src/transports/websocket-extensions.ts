import type { Dict } from '../wamp/dict.ts';
import type { DeflateSettings } from './websocket-options.ts';

/** One element of a Sec-WebSocket-Extensions header; a parameter without a value is null. */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string | null>;
}

/** permessage-deflate as agreed for one connection. [RFC 7692 7.1] */
export interface DeflateAgreement {
  /** Whether the server begins each of its messages anew. */
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 9..15: the server's window is 2^n bytes at most. */
  readonly serverMaxWindowBits: number;
  /** 8..15 */
  readonly clientMaxWindowBits: number;
  /** The element of the answer's Sec-WebSocket-Extensions. */
  readonly header: string;
}

const NAME = 'permessage-deflate';
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)"/y;
const SEPARATOR = /[ \t]*([;,=])[ \t]*/y;

/** A reader of header text that goes forward only. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trim();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }
}

/**
 * Reads a Sec-WebSocket-Extensions header. [RFC 6455 9.1]
 * @returns null where it is malformed, which must fail the handshake
 */
export function parseExtensions(header: string): readonly ExtensionOffer[] | null {
  const scanner = new Scanner(header);
  const offers: ExtensionOffer[] = [];
  for (;;) {
    const name = scanner.take(TOKEN);
    if (name === null) return null;
    const parameters = new Map<string, string | null>();
    offers.push({ name, parameters });
    let separator = scanner.take(SEPARATOR);
    while (separator === ';') {
      const key = scanner.take(TOKEN);
      if (key === null || parameters.has(key)) return null;
      parameters.set(key, null);
      separator = scanner.take(SEPARATOR);
      if (separator === '=') {
        const value = scanner.take(TOKEN) ?? scanner.take(QUOTED);
        if (value === null) return null;
        parameters.set(key, value);
        separator = scanner.take(SEPARATOR);
      }
    }
    if (separator === null) return scanner.atEnd ? offers : null;
    if (separator !== ',') return null;
  }
}

/** The first offer of permessage-deflate that can be met, or null. */
export function agreeOnDeflate(offers: readonly ExtensionOffer[], settings: DeflateSettings): DeflateAgreement | null {
  for (const offer of offers) {
    if (offer.name !== NAME) continue;
    const agreement = accept(offer.parameters, settings);
    if (agreement !== null) return agreement;
  }
  return null;
}

function accept(parameters: ReadonlyMap<string, string | null>, settings: DeflateSettings): DeflateAgreement | null {
  if (![...parameters].every(([key, value]) => isParameter(key, value))) return null;
  const offeredServerBits = parameters.get('server_max_window_bits');
  // zlib cannot keep to a window of 2^8 bytes.
  if (offeredServerBits === '8') return null;
  const clientCanLimit = parameters.has('client_max_window_bits');
  const asked = settings.requestMaxWindowBits;
  if (asked > 0 && !clientCanLimit) return null;

  const serverNoContextTakeover = settings.noContextTakeover || parameters.has('server_no_context_takeover');
  const clientNoContextTakeover = settings.requestNoContextTakeover || parameters.has('client_no_context_takeover');
  const serverMaxWindowBits = Math.min(settings.maxWindowBits, Number(offeredServerBits ?? 15));
  const clientMaxWindowBits = Math.min(asked || 15, Number(parameters.get('client_max_window_bits') ?? 15));

  let header = NAME;
  if (serverNoContextTakeover) header += '; server_no_context_takeover';
  if (clientNoContextTakeover) header += '; client_no_context_takeover';
  if (offeredServerBits !== undefined) header += `; server_max_window_bits=${serverMaxWindowBits}`;
  if (clientCanLimit && clientMaxWindowBits < 15) header += `; client_max_window_bits=${clientMaxWindowBits}`;
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits, header };
}

/** Whether an offer may carry this parameter: one that is unknown or has a bad value makes the whole offer unusable. [RFC 7692 7] */
function isParameter(key: string, value: string | null): boolean {
  if (key === 'server_no_context_takeover' || key === 'client_no_context_takeover') return value === null;
  if (key === 'client_max_window_bits' && value === null) return true;
  if (key !== 'client_max_window_bits' && key !== 'server_max_window_bits') return false;
  return value !== null && /^([89]|1[0-5])$/.test(value);
}

/** The agreement as transport details show it. Crossbar: `websocket_extensions_in_use`. */
export function describeDeflate(agreement: DeflateAgreement, settings: DeflateSettings): Dict {
  return {
    extension: NAME,
    is_server: true,
    server_no_context_takeover: agreement.serverNoContextTakeover,
    client_no_context_takeover: agreement.clientNoContextTakeover,
    server_max_window_bits: agreement.serverMaxWindowBits,
    client_max_window_bits: agreement.clientMaxWindowBits,
    mem_level: settings.memoryLevel,
  };
}
