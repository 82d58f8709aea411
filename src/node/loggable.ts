import type { LogFields } from '../wamp/log.ts';

/** What stands in place of a value whose name says that it is a secret. */
export const REDACTED = '<redacted>';

/** Bounds of one line's fields; what is beyond is cut, and marked so. */
const MOST_ITEMS = 50;
const MOST_DEPTH = 4;
const MOST_CHARACTERS = 2_000;

/** A name is secret when one of its words is; `cookies` and `apiKeys` count too. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'ticket',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pin',
  'key',
  'apikey',
  'privkey',
  'privatekey',
  'signature',
  'cookie',
  'cbtid',
  'authorization',
  'token',
  'jwt',
  'credential',
  'challenge',
  'verifier',
]);

/**
 * Turns a line's fields into bounded, plain JSON data without secrets.
 *
 * The layers never log credentials; this is the net below them, for the day one does, and for what applications
 * put into their own lines. It goes by the names of fields, at every depth.
 */
export function loggable(fields: LogFields): { [name: string]: unknown } {
  return fromObject(fields, 0);
}

/** Whether a field of this name holds a secret: `ticket`, `set-cookie`, `privateKey`, `"API_KEY"` … */
export function isSecretName(name: string): boolean {
  const words = name
    .slice(0, MOST_CHARACTERS)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  if (words.includes('public')) return false;
  return words.some((word) => SECRET_WORDS.has(word) || SECRET_WORDS.has(word.replace(/s$/, '')));
}

function fromObject(object: object, depth: number): { [name: string]: unknown } {
  const result: { [name: string]: unknown } = Object.create(null);
  let room = MOST_ITEMS;
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    if (room-- === 0) {
      result['…'] = 'more';
      break;
    }
    result[shorten(name)] = isSecretName(name) && hidesSomething(value) ? REDACTED : fromValue(value, depth + 1);
  }
  return result;
}

/** `ticket: true` or `key: null` say that there is one, not which. */
function hidesSomething(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean';
}

function fromValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return shorten(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return shorten(value.toString());
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : fromReference(value, depth);
    default:
      return `<${typeof value}>`;
  }
}

function fromReference(value: object, depth: number): unknown {
  if (value instanceof Error) return fromError(value);
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (depth >= MOST_DEPTH) return '…';
  if (value instanceof Map)
    return fromObject(Object.fromEntries([...value].map(([key, item]) => [String(key), item])), depth);
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value];
    const kept = items.slice(0, MOST_ITEMS).map((item) => fromValue(item, depth + 1));
    return items.length > MOST_ITEMS ? [...kept, '…'] : kept;
  }
  return fromObject(value, depth);
}

/** The stack is left out: it names files of this machine. What ends a process prints its own. */
function fromError(error: Error): string {
  const cause = error.cause instanceof Error ? ` (because of ${error.cause.name}: ${error.cause.message})` : '';
  return shorten(`${error.name}: ${error.message}${cause}`);
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
