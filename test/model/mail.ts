import assert from 'node:assert/strict';
import type { Dict } from '../../src/wamp/dict.ts';
import type { Sent } from '../support/recording-peer.ts';
import type { Client } from './bench.ts';
import type { Pattern } from './matching.ts';

/** A session as the model knows it. */
export interface Person {
  readonly client: Client;
  readonly id: number;
  readonly authid: string;
  /** Whether it announced all features, or none. */
  readonly able: boolean;
  present: boolean;
  requests: number;
  invocations: number;
  readonly testaments: Testament[];
  /** Calls in parts that ended before their last part. */
  readonly broken: Set<number>;
  /** Requests that are to be answered, and have not been for good. */
  readonly open: Set<number>;
}

export interface Testament {
  readonly scope: string;
  readonly topic: string;
  readonly number: number;
  readonly options: Dict;
}

/** An event that is kept for those who subscribe later. */
export interface ModelEvent {
  readonly topic: string;
  readonly number: number;
  readonly options: Dict;
  readonly publisher: Person;
  /** 0 where the router has told nobody yet. */
  publication: number;
}

export interface ModelSubscription extends Pattern {
  readonly id: number;
  readonly people: Person[];
}

export interface ModelCallee {
  readonly person: Person;
  readonly concurrency: number;
  readonly forwards: boolean;
}

export interface ModelRegistration extends Pattern {
  readonly id: number;
  readonly invoke: string;
  readonly callees: ModelCallee[];
  next: number;
}

/** A part of a call: its payload is its number. */
export interface ModelPart {
  readonly number: number;
  readonly more: boolean;
}

export interface ModelCall {
  readonly caller: Person;
  readonly request: number;
  readonly procedure: string;
  readonly registration: ModelRegistration;
  readonly progressive: boolean;
  readonly inParts: boolean;
  readonly timeout: number;
  readonly deadline: number;
  /** When the router ends it; null: never. */
  due: number | null;
  /** Which timer is the older where two are due together. */
  armed: number;
  /** Null while it waits. */
  callee: ModelCallee | null;
  invocation: number;
  streaming: boolean;
  killed: boolean;
  /** Parts that no callee has been sent; or all, where another callee may need them. */
  held: ModelPart[];
  /** Whether its parts are kept for another callee. */
  kept: boolean;
  /** Who said that it is unavailable. */
  readonly tried: Set<ModelCallee>;
}

/** What everybody should have been sent by one command, and what everybody was. */
export class Mail {
  readonly #due = new Map<Person, string[]>();
  readonly #sent = new Map<Person, readonly Sent[]>();

  constructor(people: readonly Person[]) {
    // The later one has the connection, where two had the same.
    const owners = new Map(people.map((person) => [person.client, person]));
    for (const person of people) {
      this.#due.set(person, []);
      this.#sent.set(person, owners.get(person.client) === person ? person.client.heard() : []);
    }
  }

  expect(person: Person, line: string): void {
    this.#due.get(person)?.push(line);
  }

  sentTo(person: Person): readonly Sent[] {
    return this.#sent.get(person) ?? [];
  }

  /** The id that the router drew: the second one of the only message of that name. */
  drawn(person: Person, name: string): number {
    const [only, ...more] = this.sentTo(person).filter((sent) => sent.name === name);
    assert(only !== undefined && more.length === 0, `one ${name}`);
    return only.second;
  }

  /** The first argument of the only message of that name. */
  argument(person: Person, name: string): unknown {
    const [only, ...more] = this.sentTo(person).filter((sent) => sent.name === name);
    assert(only !== undefined && more.length === 0, `one ${name}`);
    return (only.payload[0] as unknown[])[0];
  }

  /** Whoever was sent something else, or in another order, or after it left, fails the test. @param anyOrder of what was ended together */
  check(anyOrder: boolean): void {
    for (const [person, due] of this.#due) {
      const sent = this.sentTo(person);
      for (const one of sent) answeredOnce(person, one);
      // Invocations are counted by session, whatever their order.
      for (const { name, first } of sent) {
        if (name === 'INVOCATION' && first > person.invocations) assert.equal(first, ++person.invocations);
      }
      const lines = sent.map(lineOf);
      if (anyOrder) assert.deepEqual(lines.sort(), due.sort(), `session ${person.id}`);
      else assert.deepEqual(lines, due, `session ${person.id}`);
    }
  }
}

/** No request is answered that was not asked, or that had its answer. */
function answeredOnce(person: Person, { name, first, second, dict }: Sent): void {
  let answer = 0;
  if (name === 'ERROR') answer = second;
  else if (ANSWERS.has(name) && dict['progress'] !== true) answer = first;
  if (answer > 0) assert(person.open.delete(answer), `request ${answer} of session ${person.id} is answered once`);
}

const ANSWERS = new Set(['RESULT', 'PUBLISHED', 'SUBSCRIBED', 'UNSUBSCRIBED', 'REGISTERED', 'UNREGISTERED']);

/** A message in short. Texts of the router's errors are left out. */
function lineOf({ name, first, second, dict, text, payload }: Sent): string {
  const [argument] = (payload[0] ?? []) as unknown[];
  const isOurs = name === 'ERROR' && typeof argument === 'string';
  return line(name, first, second, name === 'ERROR' || name === 'GOODBYE' ? text : null, dict, isOurs ? '' : argument);
}

export function line(
  name: string,
  first: number,
  second: number,
  text: string | null,
  dict: Dict,
  argument: unknown,
): string {
  const details = Object.keys(dict)
    .sort()
    .map((key) => `${key}=${dict[key]}`);
  return [name, first, second, text ?? '', details.join(), argument ?? ''].join(' ');
}
