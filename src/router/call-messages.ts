/** The messages that the dealer sends of a call. */
import type { Payload } from '../serializers/payload.ts';
import type { Dict } from '../wamp/dict.ts';
import { Msg } from '../wamp/messages.ts';
import type { Invocation } from './invocation.ts';
import type { Callee } from './registration.ts';
import { replyError } from './reply.ts';

export const PROGRESS: Dict = Object.freeze({ progress: true });

/** INVOCATION. Returns false where it is larger than the callee takes. */
export function sendPart(
  call: Invocation,
  callee: Callee,
  details: Dict,
  progress: boolean,
  payload: Payload,
): boolean {
  const own = progress ? { ...details, ...PROGRESS } : details;
  return callee.member.peer.send(Msg.INVOCATION, call.id, call.registration.id, own, null, payload);
}

/** RESULT. Returns false where it is larger than the caller takes. */
export function sendResult({ caller, request }: Invocation, details: Dict, payload: Payload): boolean {
  return caller.peer.send(Msg.RESULT, request, 0, details, null, payload);
}

/** ERROR, to a caller that is still there. */
export function tellCaller({ caller, request }: Invocation, uri: string, text?: string): void {
  if (caller.present) replyError(caller.peer, Msg.CALL, request, uri, text);
}

export function isInterruptible({ callee }: Invocation): boolean {
  return callee?.member.peer.features.has('callee.call_canceling') === true;
}

/** INTERRUPT to a callee that understands it. */
export function interrupt(call: Invocation, mode: 'kill' | 'killnowait'): void {
  if (isInterruptible(call) && call.callee?.member.present)
    call.callee.member.peer.send(Msg.INTERRUPT, call.id, 0, { mode }, null, null);
}
