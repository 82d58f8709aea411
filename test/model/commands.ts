/** What the sessions of the model do. Each is data, so that a failing run can be read, shrunk and run once more. */
import fc from 'fast-check';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import type { Answer } from './dealer-model.ts';
import { line, type Person } from './mail.ts';
import { given, type World } from './world.ts';

/** A command of fast-check: `what` it is, with `data`, and what it does. */
export class Step<Data> implements fc.AsyncCommand<World, World, boolean> {
  readonly #what: string;
  readonly #data: Data;
  readonly #act: (world: World, data: Data) => void | Promise<void>;

  constructor(what: string, data: Data, act: (world: World, data: Data) => void | Promise<void>) {
    this.#what = what;
    this.#data = data;
    this.#act = act;
  }

  check({ present }: Readonly<World>): boolean {
    return present.length > 0 || this.#what === 'join';
  }

  async run(world: World): Promise<void> {
    await this.#act(world, this.#data);
  }

  toString(): string {
    return `${this.#what}(${fc.stringify(this.#data)})`;
  }
}

function step<Data>(
  what: string,
  data: fc.Arbitrary<Data>,
  act: (world: World, data: Data) => void | Promise<void>,
): fc.Arbitrary<Step<Data>> {
  return data.map((drawn) => new Step(what, drawn, act));
}

const SESSIONS = 6;
const NAMES = ['com.a', 'com.b', 'com.b.x'];
const who = fc.nat(SESSIONS - 1);
/** Which of those that there are. */
const which = fc.nat(59);
const flag = fc.boolean();
const seldom = fc.nat(3).map((drawn) => drawn === 0);
const name = fc.constantFrom(...NAMES);
const pattern = fc.constantFrom<{ uri: string; match: 'exact' | 'prefix' | 'wildcard' }>(
  ...NAMES.map((uri) => ({ uri, match: 'exact' }) as const),
  { uri: 'com.', match: 'prefix' },
  { uri: 'com.b', match: 'prefix' },
  { uri: 'com.', match: 'wildcard' },
  { uri: 'com..x', match: 'wildcard' },
  { uri: '.b.', match: 'wildcard' },
);
/** Lists of sessions and authids, by whom they name. */
const lists = fc.record(
  {
    eligible: fc.array(who, { maxLength: 3 }),
    exclude: fc.array(who, { maxLength: 2 }),
    eligible_authid: fc.array(who, { maxLength: 3 }),
    exclude_authid: fc.array(who, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);
const addressed = fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, { arbitrary: lists, weight: 1 });

/** Those who left are named too: the lists of a publication may be late. */
function named({ people }: World, drawn: { readonly [list: string]: readonly number[] }): Dict {
  return Object.fromEntries(
    Object.entries(drawn).map(([list, indexes]) => {
      const found = indexes.map((index) => people[index % people.length]);
      return [list, found.map((person) => (list.endsWith('authid') ? person?.authid : person?.id))];
    }),
  );
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % items.length];
}

const subscribe = step('subscribe', fc.record({ who, pattern, get_retained: flag }), (world, data) => {
  const person = world.person(data.who);
  const { uri, match } = data.pattern;
  const request = world.request(person);
  const options = given({ match: match === 'exact' ? undefined : match, get_retained: data.get_retained || undefined });
  world.step(
    () => person.client.say(Msg.SUBSCRIBE, request, options, uri),
    () => world.broker.subscribe(person, request, uri, match, data.get_retained),
  );
});

const unsubscribe = step('unsubscribe', fc.record({ who, which }), (world, data) => {
  const person = world.person(data.who);
  const id = pick(world.broker.held(person), data.which)?.id ?? 99;
  const request = world.request(person);
  world.step(
    () => person.client.say(Msg.UNSUBSCRIBE, request, id),
    () => world.broker.unsubscribe(person, request, id),
  );
});

const publication = { who, name, addressed, exclude_me: flag, retain: seldom };
const publish = step('publish', fc.record({ ...publication, acknowledge: flag }), (world, data) => {
  const person = world.person(data.who);
  const options = given({
    ...named(world, data.addressed),
    acknowledge: data.acknowledge || undefined,
    exclude_me: data.exclude_me ? undefined : false,
    retain: data.retain || undefined,
  });
  const request = world.request(person, data.acknowledge);
  const number = world.number();
  world.step(
    () => person.client.say(Msg.PUBLISH, request, options, data.name, [number]),
    () => world.broker.publish(person, request, data.name, options, number),
  );
});

const scope = fc.constantFrom('detached', 'destroyed');
const testament = step('testament', fc.record({ who, name, addressed, scope, retain: seldom }), (world, data) => {
  const person = world.person(data.who);
  const options = given({ ...named(world, data.addressed), retain: data.retain || undefined });
  const request = world.request(person);
  const number = world.number();
  const args = [data.name, [number], {}, options, data.scope];
  world.step(
    () => person.client.say(Msg.CALL, request, {}, 'wamp.session.add_testament', args),
    () => {
      person.testaments.push({ scope: data.scope, topic: data.name, number, options });
      const id = world.broker.mail.argument(person, 'RESULT');
      world.broker.mail.expect(person, line('RESULT', request, 0, null, {}, id));
    },
  );
});

const registration = fc.record({
  who,
  // One procedure that many share: there are turns to be kept.
  pattern: fc.oneof(pattern, fc.constant({ uri: 'com.b', match: 'exact' as const })),
  invoke: fc.constantFrom('single', 'first', 'last', 'roundrobin', 'roundrobin', 'roundrobin', 'random'),
  concurrency: fc.constantFrom(undefined, 1, 1, 2),
  forward_timeout: seldom,
  force_reregister: seldom,
});
const register = step('register', registration, (world, { who: index, pattern: { uri, match }, ...drawn }) => {
  const person = world.person(index);
  const request = world.request(person);
  const options = given({ ...drawn, match });
  world.step(
    () => person.client.say(Msg.REGISTER, request, options, uri),
    () => world.dealer.register(person, request, uri, options),
  );
});

const unregister = step('unregister', fc.record({ who, which }), (world, data) => {
  const person = world.person(data.who);
  const id = pick(world.dealer.held(person), data.which)?.id ?? 99;
  const request = world.request(person);
  world.step(
    () => person.client.say(Msg.UNREGISTER, request, id),
    () => world.dealer.unregister(person, request, id),
  );
});

const options = { progress: seldom, receive_progress: flag, timeout: fc.constantFrom(0, 0, 10, 60) };
const call = step('call', fc.record({ who, name, options: fc.record(options) }), (world, data) => {
  const person = world.person(data.who);
  const request = world.request(person);
  const number = world.number();
  world.step(
    () => person.client.say(Msg.CALL, request, data.options, data.name, [number]),
    () => world.dealer.call(person, request, data.name, data.options, number),
  );
});

/** One more part of a call in parts: of one in flight, or of one that is over meanwhile. */
const part = step('part', fc.record({ which, more: flag }), (world, data) => {
  const open = world.dealer.calls.filter(({ streaming }) => streaming);
  const late = world.present.flatMap((caller) => {
    return [...caller.broken].map((request) => ({ caller, request, procedure: 'com.a' }));
  });
  const chosen = pick([...open, ...late], data.which);
  if (chosen === undefined) return;
  const { caller, request, procedure } = chosen;
  const number = world.number();
  world.step(
    () => caller.client.say(Msg.CALL, request, { progress: data.more }, procedure, [number]),
    () => world.dealer.part(caller, request, number, data.more),
  );
});

const how = fc.constantFrom('result', 'result', 'progress', 'error', 'unavailable');
const answer = step('answer', fc.record({ which, how }), (world, data) => {
  const running = world.dealer.calls.filter((one) => one.callee !== null);
  const { callee, invocation = 0 } = pick(running, data.which) ?? {};
  if (callee) answers(world, callee.person, invocation, data.how);
});

/** Of the last invocation, which may have been answered, or cancelled. */
const late = step('late answer', fc.record({ who, how }), (world, data) => {
  const person = world.person(data.who);
  if (person.invocations > 0) answers(world, person, person.invocations, data.how);
});

function answers(world: World, person: Person, id: number, kind: Answer): void {
  const number = world.number();
  const { client } = person;
  world.step(
    () => {
      if (kind === 'result') client.say(Msg.YIELD, id, {}, [number]);
      else if (kind === 'progress') client.say(Msg.YIELD, id, { progress: true }, [number]);
      else {
        const uri = kind === 'error' ? 'com.error' : 'wamp.error.unavailable';
        client.say(Msg.ERROR, Msg.INVOCATION, id, {}, uri, [number]);
      }
    },
    () => world.dealer.answer(person, id, kind, number),
  );
}

const mode = fc.constantFrom('skip', 'kill', 'killnowait');
const cancel = step('cancel', fc.record({ which, mode }), (world, data) => {
  const chosen = pick(world.dealer.calls, data.which);
  if (chosen !== undefined) cancels(world, chosen.caller, chosen.request, data.mode);
});

/** Of what was answered, or never called: nobody is told. */
const lateCancel = step('late cancel', fc.record({ who, mode }), (world, data) => {
  const person = world.person(data.who);
  cancels(world, person, Math.max(1, person.requests), data.mode);
});

function cancels(world: World, person: Person, request: number, chosen: string): void {
  world.step(
    () => person.client.say(Msg.CANCEL, request, { mode: chosen }),
    () => world.dealer.cancel(person, request, chosen),
  );
}

const wait = step('wait', fc.constantFrom(5, 10, 50), (world, ms) => {
  world.step(
    () => world.bench.clock.advance(ms),
    () => world.dealer.advance(ms),
  );
});

const leave = step('leave', fc.record({ who }), (world, data) => world.sayGoodbye(world.person(data.who)));
const cut = step('cut', fc.record({ who }), (world, data) => world.lose(world.person(data.who)));

/** `wamp.session.kill`: the router's GOODBYE is the last that the session is sent, whatever it says before its own. */
const kill = step('kill', fc.record({ who, whom: who }), (world, data) => {
  const [person, victim] = [world.person(data.who), world.person(data.whom)];
  if (person === victim) return;
  const request = world.request(person);
  world.step(
    () => person.client.say(Msg.CALL, request, {}, 'wamp.session.kill', [victim.id, 'com.reason']),
    () => {
      world.forgetPerson(victim);
      const { mail } = world.broker;
      mail.expect(victim, line('GOODBYE', 0, 0, 'com.reason', {}, ''));
      mail.expect(person, line('RESULT', request, 0, null, {}, null));
    },
    true,
  );
  world.step(
    () => {
      victim.client.say(Msg.PUBLISH, 900, { acknowledge: true }, 'com.a', [world.number()]);
      victim.client.say(Msg.GOODBYE, {}, 'wamp.close.goodbye_and_out');
    },
    () => world.expectClosed(victim),
  );
});

const join = step('join', fc.record({ authid: who, able: flag, again: flag }), async (world, data) => {
  if (world.present.length === SESSIONS) return;
  const client = (data.again ? world.idle.pop() : undefined) ?? world.bench.connect();
  await world.join(`user${data.authid}`, data.able, client);
});

export const COMMANDS = fc.commands<World, World, boolean>(
  // By weight: of those that occur twice there are twice as many.
  [
    ...[subscribe, subscribe, subscribe, subscribe, unsubscribe],
    ...[publish, publish, publish, publish, publish, publish, publish, testament],
    ...[register, register, register, register, register, register, unregister],
    ...[call, call, call, call, call, call, call, call, call, call, call, call, part, part, part, part],
    ...[answer, answer, answer, answer, answer, answer, answer, answer, late, cancel, cancel, lateCancel, wait, wait],
    ...[leave, cut, kill, join, join, join],
  ],
  { maxCommands: 100, size: 'max' },
);
