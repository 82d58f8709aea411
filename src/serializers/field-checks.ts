import { MAX_ID } from '../wamp/ids.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Field } from './layout.ts';
import { isText, readRecurringText, textOf } from './text.ts';
import { violation } from './violation.ts';

/** Checks a non-negative integer that stands where `field` wants an id or a message code. */
export function checkId(id: number, field: number): number {
  if (id > MAX_ID || (id === 0 && field !== Field.idOrZero)) throw notAnId();
  if (field === Field.code && messageRow(id) === undefined) throw violation('is not a message code');
  return id;
}

export function notAnId(): Error {
  return violation('is not an id');
}

/** A float that stands for an integer: clients in JavaScript may send 1.0. */
export function integral(value: number): number {
  if (!Number.isInteger(value) || value < 0) throw notAnId();
  // Turns -0 into 0.
  return value + 0;
}

/** The string in `bytes[start, end)`, for a text field of the envelope. */
export function fieldText(bytes: Buffer, start: number, end: number, field: number): string {
  if (field !== Field.secret) {
    const text = readRecurringText(bytes, start, end);
    if (text !== null) return text;
  } else if (isText(bytes, start, end)) {
    return textOf(bytes, start, end);
  }
  throw violation('is not UTF-8');
}
