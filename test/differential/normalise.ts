/** What differs from one run to the next, by itself, becomes a name for what it is. */
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import type { Transcript } from './visit.ts';

const SERIAL_NUMBER = /^(?:[345679ACEFGHJKLMNPQRSTUVWXY]{4}-){5}[345679ACEFGHJKLMNPQRSTUVWXY]{4}$/;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const PEER = /^(tcp[46]:[^:]+):\d+$/;

/** Keys whose values are at random, or the machine's. */
const RANDOM = new Set([
  'nonce',
  'signature',
  'scram_server_signature',
  'verifier',
  'sec-websocket-key',
  'sec-websocket-accept',
  'date',
  'cookie',
  'set-cookie',
  'cbtid',
  'http_cbtid',
  'x_cb_node',
  'own_fd',
]);

/** Keys of processes and threads. */
const NUMBER = /(^|_)(pid|tid)$/;

/** One transcript's ids, each with the number that it has there. */
class Ids {
  readonly #seen: string[] = [];

  name(id: string): string {
    if (!this.#seen.includes(id)) this.#seen.push(id);
    return `<id ${this.#seen.indexOf(id) + 1}>`;
  }
}

/** The kind of a text at random: its length, and the alphabet that it is of. */
function kindOf(text: string): string {
  const alphabet = /^[0-9a-f]*$/.test(text) ? 'hexadecimal' : /^[A-Za-z0-9+/=]*$/.test(text) ? 'base64' : 'text';
  return alphabet === 'text' ? '<text>' : `<${text.length} characters of ${alphabet}>`;
}

function textOf(key: string, text: string, ids: Ids): string {
  if (key === 'challenge' && text.startsWith('{')) {
    return text
      .replace(/"session": (\d+)/, (_, id: string) => `"session": ${ids.name(id)}`)
      .replace(/"nonce": "([^"]*)"/, (_, nonce: string) => `"nonce": "<${nonce.length} characters>"`)
      .replace(/"authid": "([^"]*)"/, (_, authid: string) => `"authid": "${textOf('', authid, ids)}"`)
      .replace(TIME, '<time>');
  }
  if (RANDOM.has(key) || key === 'challenge') return kindOf(text);
  if (key === 'pem') return '<PEM>';
  if (key === 'serial' && /^\d+$/.test(text)) return '<digits>';
  if (/^([0-9A-F]{2}:){15,}[0-9A-F]{2}$/.test(text)) return `<${(text.length + 1) / 3} bytes of hexadecimal>`;
  if (SERIAL_NUMBER.test(text)) return '<serial number>';
  return text
    .replace(PEER, '$1:<port>')
    .replace(TIME, '<time>')
    .replace(/\(ref [0-9a-f]{8}\)/, '(ref <reference>)')
    .replace(/0x[0-9a-f]{8,}/g, '<address>');
}

function plainOf(key: string, value: unknown, ids: Ids): unknown {
  if (typeof value === 'string') return textOf(key, value, ids);
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (NUMBER.test(key)) return '<number>';
    if (value > Number.MAX_SAFE_INTEGER) return '<large number>';
    return value > 0x7fff_ffff ? ids.name(String(value)) : value;
  }
  if (Array.isArray(value)) return value.map((item) => plainOf('', item, ids));
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainOf(name, item, ids)]));
}

/** @returns a transcript of which two, of the same behaviour, are equal */
export function normalise(transcript: Transcript): Transcript {
  const ids = new Ids();
  return transcript.map(({ name, value }) => {
    const named = plainOf('', value, ids) as Dict;
    // Each node has a key of its own.
    if (name === 'CHALLENGE' && named['pubkey'] !== undefined) named['pubkey'] = kindOf(String(named['pubkey']));
    return { name, value: named };
  });
}
