import type { CookieLogin, CookieRecord } from '../auth/cookie-store.ts';
import { isAuthid } from '../auth/principal.ts';
import { type Dict, isDict } from '../wamp/dict.ts';
import { isUri } from '../wamp/uri.ts';

/** What happened to a cookie. */
type Status = 'created' | 'modified' | 'deleted';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/;
const NOBODY = { authid: null, authrole: null, authmethod: null, authrealm: null, authextra: null };

/** A cookie as a line of JSON, in the words of Crossbar's cookie file. @param deleted when it was, or null */
export function writeCookieLine(record: CookieRecord, deleted: number | null): string {
  const { id, created, modified, maxAge, login } = record;
  const status: Status = deleted !== null ? 'deleted' : modified !== null ? 'modified' : 'created';
  return JSON.stringify(
    {
      cbtid: id,
      status,
      created: timeText(created),
      modified: modified === null ? null : timeText(modified),
      deleted: deleted === null ? null : timeText(deleted),
      max_age: maxAge,
      ...(login === null ? NOBODY : loginFields(login)),
    },
    jsonValue,
  );
}

/** What a line says; null where it is no such line. */
export function readCookieLine(line: string): { readonly record: CookieRecord; readonly deleted: boolean } | null {
  let fields: unknown;
  try {
    fields = JSON.parse(line, binaryOf);
  } catch {
    return null;
  }
  if (!isDict(fields)) return null;
  const { cbtid: id, max_age: maxAge, deleted = null } = fields;
  const created = timeOf(fields['created']);
  const modified = timeOf(fields['modified'] ?? null);
  const login = loginOf(fields);
  if (typeof id !== 'string' || id === '' || typeof maxAge !== 'number' || typeof created !== 'number') return null;
  if (modified === undefined || login === undefined) return null;
  return { record: { id, created, modified, maxAge, login }, deleted: deleted !== null };
}

function loginFields({ realm, authid, authrole, authmethod, authextra }: CookieLogin): Dict {
  return { authid, authrole, authmethod, authrealm: realm, authextra };
}

/** Undefined where the fields make no sense. */
function loginOf({ authid, authrole, authmethod, authrealm, authextra = null }: Dict): CookieLogin | null | undefined {
  if (authid === null || authid === undefined) return null;
  if (typeof authid !== 'string' || !isAuthid(authid) || typeof authmethod !== 'string') return undefined;
  if (!isName(authrole) || !isName(authrealm) || (authextra !== null && !isDict(authextra))) return undefined;
  return { realm: authrealm, authid, authrole, authmethod, authextra };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && isUri(value, 'loose');
}

/** Crossbar's are UTC, whatever they say of it. */
function timeText(time: number): string {
  return new Date(time).toISOString();
}

function timeOf(text: unknown): number | null | undefined {
  if (text === null) return null;
  if (typeof text !== 'string' || !TIME.test(text)) return undefined;
  const time = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** What JSON has no words for: binary as WAMP writes it, long integers as text. [WAMP: JSON serialization] */
function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `\0${Buffer.from(value).toString('base64')}`;
  return typeof value === 'bigint' ? String(value) : value;
}

function binaryOf(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('\0')
    ? new Uint8Array(Buffer.from(value.slice(1), 'base64'))
    : value;
}
