import assert from 'node:assert/strict';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { type Client, ModelBench } from './bench.ts';
import { BrokerModel } from './broker-model.ts';
import { DealerModel } from './dealer-model.ts';
import { line, Mail, type Person } from './mail.ts';

/** A router and the model of it, side by side. */
export class World {
  readonly bench: ModelBench;
  readonly broker: BrokerModel;
  readonly dealer: DealerModel;
  /** All who ever came: those who left must not be sent anything. */
  readonly people: Person[] = [];
  /** Connections whose sessions said GOODBYE: they may carry another session. */
  readonly idle: Client[] = [];
  #numbers = 0;

  constructor(seed: number) {
    this.bench = new ModelBench(seed);
    const mail = new Mail([]);
    this.broker = new BrokerModel(mail);
    this.dealer = new DealerModel(mail);
  }

  get present(): readonly Person[] {
    return this.people.filter((person) => person.present);
  }

  /** Of those who are there, the one that `index` points to. */
  person(index: number): Person {
    const { present } = this;
    return present[index % present.length] as Person;
  }

  /** What tells one payload from all others. */
  number(): number {
    return ++this.#numbers;
  }

  async join(authid: string, able: boolean, client: Client): Promise<void> {
    const id = await client.join(authid, able);
    assert(!this.people.some((person) => person.id === id), 'a new id');
    const person = { id, client, authid, able, present: true, requests: 0, invocations: 0 };
    this.people.push({ ...person, testaments: [], broken: new Set(), open: new Set() });
  }

  /** A request of this person that is to be answered. */
  request(person: Person, answered = true): number {
    const request = ++person.requests;
    if (answered) person.open.add(request);
    return request;
  }

  /**
   * Lets something happen, in the router first; then the model says who should have been sent what.
   * @param anyOrder where much ends together, of which one part need not end before the other
   */
  step(happens: () => void, foretell: () => void, anyOrder = false): void {
    happens();
    const mail = new Mail(this.people);
    this.broker.mail = mail;
    this.dealer.mail = mail;
    foretell();
    mail.check(anyOrder);
    this.#checkCounts();
  }

  /** What the model says of somebody's end, however it came. */
  forgetPerson(person: Person): void {
    person.present = false;
    this.broker.leave(person);
    this.dealer.leave(person);
    for (const scope of ['detached', 'destroyed']) {
      for (const testament of person.testaments.filter((one) => one.scope === scope)) {
        this.broker.publish(person, 0, testament.topic, testament.options, testament.number);
      }
    }
  }

  /** GOODBYE, and its answer, the last that the session is sent. */
  sayGoodbye(person: Person): void {
    this.step(
      () => person.client.say(Msg.GOODBYE, {}, 'wamp.close.normal'),
      () => {
        this.forgetPerson(person);
        this.broker.mail.expect(person, line('GOODBYE', 0, 0, 'wamp.close.goodbye_and_out', {}, ''));
      },
      true,
    );
    this.idle.push(person.client);
  }

  lose(person: Person): void {
    this.step(
      () => person.client.lose(),
      () => this.forgetPerson(person),
      true,
    );
  }

  /** The router has ended the connection of somebody who is gone. */
  expectClosed({ client }: Person): void {
    assert(client.closed, 'the connection is closed');
  }

  /** Everybody leaves, and nothing is left. */
  end(): void {
    for (const { open, id } of this.present) {
      const calls = this.dealer.calls.filter(({ caller }) => caller.id === id).map(({ request }) => request);
      assert.deepEqual([...open].sort(byNumber), calls.sort(byNumber), 'what is not answered is a call in flight');
    }
    for (const person of this.present) this.lose(person);
    for (const client of this.idle) client.lose();
    assert.deepEqual(this.bench.realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
    assert.equal(this.bench.clock.pending, 0, 'no timer is left');
    const { subscriptions } = this.broker;
    const { registrations, calls } = this.dealer;
    assert.deepEqual([subscriptions, registrations, calls], [[], [], []], 'nor does the model hold anything');
  }

  /** Counts what the router holds, of those who left too. */
  #checkCounts(): void {
    const { realm } = this.bench;
    assert.deepEqual(realm.counts, {
      sessions: this.present.length,
      subscriptions: this.broker.subscriptions.length,
      registrations: this.dealer.registrations.length,
    });
    for (const person of this.people) {
      const member = realm.members.get(person.id);
      assert.equal(member?.subscriptions.size, this.broker.held(person).length);
      assert.equal(member.registrations.size, this.dealer.held(person).length);
      assert.equal(member.calls.size, this.dealer.callsOf(person).length);
      assert.equal(member.invocations.size, this.dealer.invocationsOf(person).length);
      if (member.calls.size === 0) assert.equal(member.held, 0, 'no bytes are kept for no call');
    }
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}

/** A dictionary without what is undefined. */
export function given(options: Dict): Dict {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
