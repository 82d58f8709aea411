import assert from 'node:assert/strict';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import type { Sent } from '../support/recording-peer.ts';
import { does, type Seat } from './realm-fixture.ts';

/** Calls a procedure of the router's own. It answers at once; what else the caller was sent by then is lost. */
export function answerTo(seat: Seat, procedure: string, args?: readonly unknown[], kwargs?: Dict): Sent {
  seat.peer.take();
  does(seat, Msg.CALL, { first: 77, text: procedure, args: args ?? [], kwargs: kwargs ?? {} });
  const [answer, ...others] = seat.peer.take().filter(({ name }) => name === 'RESULT' || name === 'ERROR');
  assert(answer !== undefined && others.length === 0, `${procedure}: one answer`);
  return answer;
}

/** The one positional result. */
export function resultOf(seat: Seat, procedure: string, args?: readonly unknown[], kwargs?: Dict): unknown {
  const { name, text, payload } = answerTo(seat, procedure, args, kwargs);
  assert.equal(name, 'RESULT', `${text} ${JSON.stringify(payload)}`);
  const [results = []] = payload as [unknown[]?];
  assert.equal(results.length, 1, 'one positional result');
  return results[0];
}

/** URI and sentence of the error. */
export function errorOf(seat: Seat, procedure: string, args?: readonly unknown[], kwargs?: Dict): [string, string] {
  const { name, text, payload } = answerTo(seat, procedure, args, kwargs);
  assert.equal(name, 'ERROR', JSON.stringify(payload));
  const [[sentence] = []] = payload as [unknown[]?];
  assert.equal(typeof sentence, 'string');
  return [text ?? '', String(sentence)];
}

export function subscribe(seat: Seat, topic: string, dict: Dict = {}): void {
  does(seat, Msg.SUBSCRIBE, { first: 901, text: topic, dict });
  seat.peer.take();
}

/** Arguments of the events that a session got since the last look. */
export function eventsOf(seat: Seat): unknown[] {
  return seat.peer
    .take()
    .filter(({ name }) => name === 'EVENT')
    .map(({ payload }) => payload[0]);
}
