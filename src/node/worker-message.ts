import type {
  DuplicateMessage,
  FailedMessage,
  LineLevel,
  LogMessage,
  ReadyMessage,
  WorkerMessage,
} from '../worker/ipc.ts';

const LINE_LEVELS: readonly unknown[] = ['error', 'warn', 'info', 'debug'] satisfies LineLevel[];

/** [ECMAScript: Date] The furthest milliseconds from 1970 that a date can be. */
const FURTHEST_TIME = 8.64e15;

/** Of one handle. */
const MOST_DUPLICATES = 64;

/**
 * Reads what a worker process sent. Application components run in there and can send anything,
 * so what is no message of the exchange is `null`.
 */
export function parseWorkerMessage(value: unknown): WorkerMessage | null {
  if (!isObject(value)) return null;
  switch (value['type']) {
    case 'ready':
      return parseReady(value);
    case 'failed':
      return parseFailed(value);
    case 'pong':
      return { type: 'pong' };
    case 'duplicate':
      return parseDuplicate(value);
    case 'log':
      return parseLog(value);
    default:
      return null;
  }
}

function parseReady({ listening }: Fields): ReadyMessage | null {
  return isStrings(listening) ? { type: 'ready', listening } : null;
}

function parseFailed({ problems }: Fields): FailedMessage | null {
  return isStrings(problems) ? { type: 'failed', problems } : null;
}

function parseDuplicate({ id, count }: Fields): DuplicateMessage | null {
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(count)) return null;
  const [number, times] = [id as number, count as number];
  return times < 1 || times > MOST_DUPLICATES ? null : { type: 'duplicate', id: number, count: times };
}

function parseLog({ level, time, text, fields }: Fields): LogMessage | null {
  if (!isLineLevel(level) || typeof text !== 'string' || !isObject(fields)) return null;
  if (typeof time !== 'number' || !(Math.abs(time) < FURTHEST_TIME)) return null;
  return { type: 'log', level, time, text, fields };
}

type Fields = { readonly [name: string]: unknown };

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isLineLevel(value: unknown): value is LineLevel {
  return LINE_LEVELS.includes(value);
}
