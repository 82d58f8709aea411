import { EMPTY } from '../wamp/dict.ts';
import { Msg } from '../wamp/messages.ts';
import type { Peer } from './peer.ts';

/** Answers a request with ERROR; without the text where that makes it larger than the peer takes. [WAMP: ERROR] */
export function replyError(peer: Peer, request: number, id: number, uri: string, text?: string): void {
  const payload = text === undefined ? null : peer.format.serializer.encodePayload([text], null);
  if (!peer.send(Msg.ERROR, request, id, EMPTY, uri, payload)) peer.send(Msg.ERROR, request, id, EMPTY, uri, null);
}
