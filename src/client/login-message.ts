import type { Dict } from '../wamp/dict.ts';
import { MASKED, masked } from '../wamp/masked.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import type { LoginMessage } from './join-options.ts';

/** What may be shown of a message: nothing that is secret or proves something. */
export function loginMessage(
  sent: boolean,
  code: number,
  dict: Dict,
  text: string | null,
  session: number,
): LoginMessage {
  return {
    sent,
    name: messageRow(code)?.name ?? String(code),
    elements: elementsOf(code, masked(dict), text, session),
  };
}

function elementsOf(code: number, dict: unknown, text: string | null, session: number): readonly unknown[] {
  switch (code) {
    case Msg.WELCOME:
      return [session, dict];
    case Msg.ABORT:
      return [dict, text];
    case Msg.AUTHENTICATE:
      return [MASKED, dict];
    default:
      return [text, dict];
  }
}
