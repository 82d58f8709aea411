import { isDict } from '../wamp/dict.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import { mismatch, show } from './pattern.ts';
import type { Scope } from './scope.ts';

/** The messages to which a router may add whatever explains them. */
const EXPLAINED: ReadonlySet<number> = new Set([Msg.ERROR, Msg.ABORT, Msg.GOODBYE]);

const CODES: ReadonlyMap<unknown, number> = new Map(Object.entries(Msg));

/** The code of a message's name; what is none stays as it is. */
function codeOf(name: unknown): unknown {
  return CODES.get(name) ?? name;
}

/** A message of a scenario as the list that goes on the wire. */
export function writeMessage(message: readonly unknown[], scope: Scope, nextRequest: () => number): unknown[] {
  const [name, ...elements] = message;
  const code = codeOf(name);
  if (code === Msg.ERROR) elements[0] = codeOf(elements[0]);
  return [code, ...elements.map((element) => scope.write(element, nextRequest))];
}

/**
 * Compares a message that came with the one expected. Options and Details may hold further keys, payloads may not;
 * empty payloads are as good as none. `...` at the end: anything may follow; `<end>`: nothing, not even what is empty.
 * @returns null where it is the expected one, else what is not
 */
export function mismatchMessage(expected: readonly unknown[], actual: readonly unknown[], scope: Scope): string | null {
  const [name, ...wanted] = expected;
  const code = codeOf(name);
  if (actual[0] !== code) return `${show(expected)} expected, got ${describeMessage(actual)}`;
  const last = wanted.at(-1);
  if (last === '...' || last === '<end>') wanted.pop();
  const row = messageRow(Number(code));
  const envelope = row?.fields.length ?? 0;
  for (const [at, element] of wanted.entries()) {
    if (at >= envelope && isEmpty(element) && isEmpty(actual[at + 1])) continue;
    const pattern = row?.fields[at] === 'code' ? codeOf(element) : element;
    const fault = mismatch(pattern, actual[at + 1], scope, at < envelope ? 'open' : 'exact');
    if (fault !== null) return `${name} [${at + 1}] ${fault}; got ${describeMessage(actual)}`;
  }
  if (last === '...' || (last !== '<end>' && EXPLAINED.has(Number(code)) && wanted.length <= envelope)) return null;
  const further = actual.slice(wanted.length + 1).find((element) => last === '<end>' || !isEmpty(element));
  return further === undefined ? null : `${name}: nothing more expected; got ${describeMessage(actual)}`;
}

function isEmpty(element: unknown): boolean {
  if (element === undefined) return true;
  return Array.isArray(element) ? element.length === 0 : isDict(element) && Object.keys(element).length === 0;
}

/** A message for people, with its name. */
export function describeMessage(message: readonly unknown[]): string {
  const name = messageRow(Number(message[0]))?.name;
  return show(name === undefined ? message : [name, ...message.slice(1)]);
}
