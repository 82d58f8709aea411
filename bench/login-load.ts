import { setTimeout as sleep } from 'node:timers/promises';
import { AUTH_REALM, AUTHENTICATOR, AUTHENTICATOR_LOGIN, REALM, USER_LOGIN, USER_ROLE } from './bench-node.ts';
import { Callee } from './callee.ts';
import { Conversation, type LoginAs, Refusal } from './conversation.ts';
import { type Load, type LoadPorts, shareOf } from './load.ts';
import { addressFor, loadAddress } from './open-link.ts';
import type { LoginScenario } from './scenarios.ts';

/** How long the authenticator of the run before may still be there. */
const TRIES = 50;
const BETWEEN_TRIES = 100;

/** Clients that connect, log in, go, and come again; and the dynamic authenticator that lets them in. */
export class LoginLoad implements Load {
  readonly #scenario: LoginScenario;
  readonly #ports: LoadPorts;
  routerPid: number | null = null;

  constructor(scenario: LoginScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  async prepare(): Promise<void> {
    const { login, serializer } = this.#scenario;
    const { share, urls, fail } = this.#ports;
    if (login !== 'dynamic' || share.index > 0) return;
    if (urls.ticket === null) throw new Error('the authenticator needs a ticket URL to log in at');
    const as = { realm: AUTH_REALM, ticket: AUTHENTICATOR_LOGIN };
    const authenticator = await Conversation.join(loadAddress(urls.ticket), serializer, as);
    await registerAuthenticator(authenticator);
    authenticator.link.handler = new Callee(authenticator.link, { realm: REALM, role: USER_ROLE }, fail);
  }

  async start(): Promise<void> {
    const mine = shareOf(this.#scenario.inFlight, this.#ports.share);
    await Promise.all(mine.map(() => this.#once()));
    for (const _ of mine) void this.#repeat();
  }

  received(): void {}

  async #repeat(): Promise<void> {
    try {
      for (;;) await this.#once();
    } catch (error) {
      this.#ports.fail(error instanceof Error ? error.message : String(error));
    }
  }

  async #once(): Promise<void> {
    const { login, serializer, transport } = this.#scenario;
    const { urls, meter } = this.#ports;
    const url = login === 'anonymous' ? null : urls[login];
    const address = url === null ? addressFor(urls, transport) : loadAddress(url);
    const as: LoginAs = login === 'anonymous' ? { realm: REALM } : { realm: REALM, ticket: USER_LOGIN };
    const startedAt = performance.now();
    const conversation = await Conversation.join(address, serializer, as);
    meter.operations += 1;
    meter.latencies.record((performance.now() - startedAt) * 1_000);
    this.routerPid = conversation.routerPid;
    conversation.link.drop();
  }
}

/** The name is the configuration's, not the run's: the one before may not be gone yet. */
async function registerAuthenticator(authenticator: Conversation): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await authenticator.register(AUTHENTICATOR);
      return;
    } catch (error) {
      const taken = error instanceof Refusal && error.uri === 'wamp.error.procedure_already_exists';
      if (!taken || tries === TRIES) throw error;
      await sleep(BETWEEN_TRIES);
    }
  }
}
