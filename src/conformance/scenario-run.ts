import type { DialPorts } from '../client/dial.ts';
import { isDict } from '../wamp/dict.ts';
import { Deviation } from './deviation.ts';
import { joinRealm } from './join-realm.ts';
import { loginBy } from './login.ts';
import { describeMessage, mismatchMessage, writeMessage } from './message-pattern.ts';
import { mismatch, show } from './pattern.ts';
import { Missing, RawPeer } from './raw-peer.ts';
import type { Scenario } from './scenario.ts';
import { Scope } from './scope.ts';
import { type PlainStep, spelledOut } from './spelled-out.ts';
import type { Target } from './target.ts';

type StepOf<Key extends string> = Extract<PlainStep, { [K in Key]: unknown }>;

/** What a session that is not on a realm gets to send something that must not come, in milliseconds. */
const GRACE = 50;

/** One scenario in progress. */
export class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #target: Target;
  readonly #ports: DialPorts;
  readonly #scope: Scope;
  readonly #peers = new Map<string, RawPeer>();
  /** Further names of sessions. */
  readonly #aliases = new Map<string, string>();
  /** The Details of their WELCOMEs. */
  readonly #welcomes = new Map<string, unknown>();

  /** @param prefix a URI below which nobody else has anything */
  constructor(scenario: Scenario, target: Target, prefix: string, ports: DialPorts) {
    this.#scenario = scenario;
    this.#target = target;
    this.#ports = ports;
    this.#scope = new Scope(prefix);
    this.#scope.set('realm', target.realm);
  }

  /** @throws Deviation where the router does something else */
  async run(): Promise<void> {
    try {
      for (const [name, { begins }] of this.#scenario.sessions) {
        if (begins === 'joined') await this.#guard('before the first step', () => this.#join(name));
        else if (begins === 'connected') await this.#connect(name);
      }
      for (const [at, step] of this.#scenario.steps.entries()) {
        for (const plain of spelledOut(step, at + 1)) await this.#guard(`step ${at + 1}`, () => this.#step(plain));
      }
      await this.#guard('after the last step', () => this.#nothing(this.#careful()));
    } finally {
      for (const peer of this.#peers.values()) peer.cut();
    }
  }

  async #guard(where: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof Missing || error instanceof Deviation) {
        throw new Deviation(`${where}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  async #step(step: PlainStep): Promise<void> {
    if ('send' in step) this.#send(step.from, step.send);
    else if ('text' in step) this.#peer(step.from).sendBytes(Buffer.from(step.text));
    else if ('hex' in step) this.#peer(step.from).sendBytes(Buffer.from(step.hex, 'hex'));
    else if ('expect' in step) await this.#expect(step.to, step.expect, step.within);
    else if ('either' in step) await this.#either(step);
    else if ('unordered' in step) await this.#unordered(step);
    else if ('whichever' in step) await this.#whichever(step);
    else if ('eventually' in step) await this.#eventually(step);
    else if ('nothing' in step) await this.#nothing(step.nothing);
    else if ('welcomed' in step) this.#welcomed(step);
    else if ('pause' in step) await this.#pause(step.pause);
    else if ('connect' in step) await this.#connect(step.connect);
    else if ('join' in step) await this.#join(step.join);
    else if ('login' in step) await this.#join(step.login, loginBy(step.by, step.authid ?? null, step.secret));
    else if ('cut' in step) this.#peer(step.cut).cut();
    else await this.#peer(step.ended).ended(this.#target.timeout);
  }

  #peer(name: string): RawPeer {
    const peer = this.#peers.get(this.#aliases.get(name) ?? name);
    if (peer === undefined) throw new Error(`${this.#scenario.id}: session ${name} is not connected`);
    return peer;
  }

  async #connect(name: string): Promise<RawPeer> {
    const { url, serializer, timeout } = this.#target;
    const peer = await RawPeer.connect(url, serializer, this.#ports, timeout);
    this.#peers.get(name)?.cut();
    this.#peers.set(name, peer);
    return peer;
  }

  async #join(name: string, login = this.#target.login): Promise<void> {
    const there = this.#peers.get(name);
    const peer = there === undefined || there.gone ? await this.#connect(name) : there;
    const { without = [], realm: which } = this.#scenario.sessions.get(name) ?? {};
    const { realm, otherRealm, timeout } = this.#target;
    const own = which === 'other' ? (otherRealm ?? realm) : realm;
    const [, session, details] = await joinRealm(peer, { realm: own, login, timeout }, without);
    this.#welcomes.set(name, details);
    this.#scope.set(`${name}.session`, session);
    if (!isDict(details)) return;
    for (const key of ['authid', 'authrole']) this.#scope.set(`${name}.${key}`, details[key]);
  }

  #welcomed({ welcomed, details }: StepOf<'welcomed'>): void {
    const fault = mismatch(details, this.#welcomes.get(welcomed), this.#scope, 'open');
    if (fault !== null) throw new Deviation(`${welcomed}: WELCOME.Details.${fault}`);
  }

  #send(from: string, message: readonly unknown[]): void {
    const peer = this.#peer(from);
    peer.send(writeMessage(message, this.#scope, peer.nextRequest));
  }

  async #expect(to: string, expected: readonly unknown[], within = 0): Promise<void> {
    const actual = await this.#next(to, expected, within);
    const fault = mismatchMessage(expected, actual, this.#scope);
    if (fault !== null) throw new Deviation(`${to}: ${fault}`);
  }

  async #next(to: string, expected: unknown, within = 0): Promise<unknown[]> {
    try {
      return await this.#peer(to).next(Math.max(within, this.#target.timeout));
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      throw new Missing(`${to}: ${show(expected)} expected, but ${error.message}`, { cause: error });
    }
  }

  async #either({ to, either }: StepOf<'either'>): Promise<void> {
    const actual = await this.#next(to, either);
    if (either.some((expected) => mismatchMessage(expected, actual, this.#scope) === null)) return;
    throw new Deviation(`${to}: one of ${show(either)} expected, got ${describeMessage(actual)}`);
  }

  async #unordered({ to, unordered }: StepOf<'unordered'>): Promise<void> {
    const open = [...unordered];
    while (open.length > 0) {
      const actual = await this.#next(to, open);
      const at = open.findIndex((expected) => mismatchMessage(expected, actual, this.#scope) === null);
      if (at === -1) throw new Deviation(`${to}: one of ${show(open)} expected, got ${describeMessage(actual)}`);
      open.splice(at, 1);
    }
  }

  async #whichever({ whichever, message, as, others }: StepOf<'whichever'>): Promise<void> {
    const { timeout } = this.#target;
    await Promise.race(whichever.map((name) => this.#peer(name).stirs(timeout)));
    const first = whichever.find((name) => this.#peer(name).inbox.length > 0);
    if (first === undefined) {
      throw new Missing(`${show(message)} expected by ${whichever.join(' or ')}, but nothing came in ${timeout} ms`);
    }
    this.#aliases.set(as, first);
    const rest = whichever.filter((name) => name !== first);
    for (const [at, name] of rest.entries()) this.#aliases.set(others[at] ?? name, name);
    await this.#expect(as, message);
  }

  async #eventually({ to, eventually }: StepOf<'eventually'>): Promise<void> {
    while (mismatchMessage(eventually, await this.#next(to, eventually), this.#scope) !== null);
  }

  /** After a round trip of every session, so that whatever one of them caused has been done. */
  async #nothing(names: readonly string[]): Promise<void> {
    const { timeout } = this.#target;
    for (const peer of this.#peers.values()) await peer.barrier(timeout);
    for (const name of names) {
      const peer = this.#peer(name);
      if (peer.joined) await peer.barrier(timeout);
      else if (!peer.gone) await this.#pause(GRACE);
      if (peer.fault !== null) throw new Deviation(`${name}: ${peer.fault}`);
      const [unexpected] = peer.inbox;
      if (unexpected !== undefined)
        throw new Deviation(`${name}: nothing expected, got ${describeMessage(unexpected)}`);
    }
  }

  #pause(time: number): Promise<void> {
    return new Promise((resolve) => this.#ports.clock.setTimer(resolve, time));
  }

  /** The sessions that must not have got anything beyond what was expected. */
  #careful(): string[] {
    return [...this.#peers]
      .filter(([name, peer]) => peer.joined && this.#scenario.sessions.get(name)?.careless !== true)
      .map(([name]) => name);
  }
}
