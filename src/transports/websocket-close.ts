import type { CloseReason } from '../session/connection.ts';

/** Status codes of a closing WebSocket. [RFC 6455 7.4.1, IANA WebSocket Close Code Number Registry] */
export const CLOSE_CODE: Readonly<Record<CloseReason, number>> = {
  normal: 1000,
  shutdown: 1001,
  'protocol-error': 1002,
  policy: 1008,
  'too-big': 1009,
  'internal-error': 1011,
  overload: 1013,
};

/** Why a peer's octets cannot be taken any further, as the status code that it is told. */
export type FailureCode = 1002 | 1007 | 1008 | 1009 | 1011;

/** The peer broke the framing: the connection is to be failed with `code`. The message never holds the peer's data. */
export class FrameError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.name = 'FrameError';
    this.code = code;
  }
}

/** Bytes of a close frame's text: a control frame holds 125, two are the code. */
const MAX_TEXT = 123;

/** Whether a peer may send this code: not those that stand for the absence of one (1005, 1006, 1015), nor unassigned ones. */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/** The payload of a close frame; a text that is too long is cut before the first character that does not fit. */
export function closePayload(code: number, text: string): Buffer {
  const reason = Buffer.from(text, 'utf8');
  let length = reason.length;
  if (length > MAX_TEXT) {
    length = MAX_TEXT;
    while (((reason[length] as number) & 0xc0) === 0x80) length -= 1;
  }
  const payload = Buffer.allocUnsafe(2 + length);
  payload.writeUInt16BE(code, 0);
  reason.copy(payload, 2, 0, length);
  return payload;
}
