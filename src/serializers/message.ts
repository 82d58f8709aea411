import { type Dict, EMPTY } from '../wamp/dict.ts';
import { copyPayload, type Payload } from './payload.ts';
import type { Serializer } from './serializer.ts';

const NOTHING = Buffer.alloc(0);

/**
 * One message as read: its envelope decoded, its payload left as bytes. `MESSAGE_TABLE` says what
 * the elements mean; every message fits in two integers, one dictionary and one string.
 *
 * A `Message` is filled anew by each `Serializer.read`: nobody keeps one beyond the turn, but its `copy`.
 */
export class Message implements Payload {
  code = 0;
  /** The first integer: mostly the request id. ERROR: the code of the message it answers. */
  first = 0;
  /** The second integer. ERROR: the request id. */
  second = 0;
  /** Options or Details; `EMPTY` where empty or absent. */
  dict: Dict = EMPTY;
  /** The string: URI, authmethod, signature, realm (null: HELLO leaves it open). */
  text: string | null = '';

  serializer: Serializer;
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  count = 0;
  transcoded: (Payload | undefined)[] | null = null;

  constructor(serializer: Serializer) {
    this.serializer = serializer;
  }

  /** The message as something that may be kept: its payload owns its bytes. */
  copy(): Message {
    const copy = new Message(this.serializer);
    copy.code = this.code;
    copy.first = this.first;
    copy.second = this.second;
    copy.dict = this.dict;
    copy.text = this.text;
    copy.count = this.count;
    if (this.count === 0) return copy;
    const { bytes, start, end } = copyPayload(this);
    copy.bytes = bytes;
    copy.start = start;
    copy.end = end;
    return copy;
  }
}

/** Messages that nobody has in hand: as many as were ever routed within one another, which is few. */
const idle: Message[] = [];

/**
 * A message to read into, to be given back by `returnMessage` within the turn. Sessions share them: most
 * are idle, and what they last read would stay with each.
 */
export function borrowMessage(serializer: Serializer): Message {
  return idle.pop() ?? new Message(serializer);
}

export function returnMessage(message: Message): void {
  message.dict = EMPTY;
  message.text = null;
  message.bytes = NOTHING;
  message.transcoded = null;
  idle.push(message);
}
