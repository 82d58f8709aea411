import { EMPTY } from '../wamp/dict.ts';
import { Msg } from '../wamp/messages.ts';
import type { Peer } from './peer.ts';

/** Answers a request with ERROR. [WAMP: ERROR] */
export function replyError(peer: Peer, request: number, id: number, uri: string, text?: string): void {
  const payload = text === undefined ? null : peer.format.serializer.encodePayload([text], null);
  peer.send(Msg.ERROR, request, id, EMPTY, uri, payload);
}
