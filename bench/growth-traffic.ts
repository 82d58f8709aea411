import type { Member } from '../src/router/member.ts';
import { Msg } from '../src/wamp/messages.ts';
import { encodeMessage } from './encode-message.ts';
import { entryOf, type GrownRealm, SERIALIZER } from './growth-realm.ts';
import { costOf } from './processor-time.ts';
import type { LastSent } from './sink-peer.ts';

/** Messages prepared: enough of them that what they name is not all in the processor's caches. */
const SAMPLES = 1 << 16;
const ARGS = ['x'.repeat(50)];

/** Numbers of 0 … below - 1 at random, the same in each run. */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One message of somebody, in the bytes of all. */
interface Sample {
  readonly on: GrownRealm;
  readonly member: Member;
  readonly start: number;
  readonly end: number;
}

interface Samples {
  readonly bytes: Buffer;
  readonly samples: readonly Sample[];
}

/** Messages of one kind: any realm, any entry of it, by anyone but its holder, who would not get an event of its own. */
function prepare(realms: readonly GrownRealm[], code: number): Samples {
  const draw = numbers(code);
  const parts: Buffer[] = [];
  let start = 0;
  const samples = Array.from({ length: SAMPLES }, (_, id): Sample => {
    const on = realms[draw(realms.length)] as GrownRealm;
    const entry = on.used(draw(on.size.inUse));
    const other = 1 + draw(on.members.length - 1);
    const member = on.members[(on.holderOf(entry) + other) % on.members.length] as Member;
    const part = encodeMessage(SERIALIZER, code, { id: id + 1, text: entryOf(entry).example, args: ARGS });
    parts.push(part);
    start += part.length;
    return { on, member, start: start - part.length, end: start };
  });
  return { bytes: Buffer.concat(parts), samples };
}

/** A function, because the compiler believes that it changes with nothing. */
function codeOf(last: LastSent): number {
  return last.code;
}

const ANSWER = encodeMessage(SERIALIZER, Msg.YIELD, { id: 1, args: ARGS });

/** Calls, and their answers, all once. */
export function callsOf(realms: readonly GrownRealm[]): () => void {
  const { bytes, samples } = prepare(realms, Msg.CALL);
  let request = 0;
  const call = ({ on, member, start, end }: Sample): void => {
    const { last } = on;
    on.route(member, bytes, start, end, ++request);
    if (codeOf(last) !== Msg.INVOCATION || last.member === null) throw new Error('a call did not come to its callee');
    on.route(last.member, ANSWER, 0, ANSWER.length, last.first);
    if (codeOf(last) !== Msg.RESULT || last.member !== member) throw new Error('a result did not come to its caller');
  };
  return () => samples.forEach(call);
}

/** Publications with one subscriber each, all once. */
export function eventsOf(realms: readonly GrownRealm[]): () => void {
  const { bytes, samples } = prepare(realms, Msg.PUBLISH);
  const publish = ({ on, member, start, end }: Sample): void => {
    const before = on.last.count;
    on.route(member, bytes, start, end, 1);
    if (on.last.count !== before + 1) throw new Error('an event did not come to its subscriber');
  };
  return () => samples.forEach(publish);
}

/** Nanoseconds of processor time for one message of those. */
export function costOfOne(all: () => void): number {
  return costOf(all, SAMPLES);
}
