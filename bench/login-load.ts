import type { RouterAddress } from '../src/client/router-url.ts';
import { AUTH_REALM, AUTHENTICATOR, AUTHENTICATOR_LOGIN, REALM, USER_LOGIN, USER_ROLE } from './bench-node.ts';
import { Conversation, type LoginAs } from './conversation.ts';
import { type Load, type LoadPorts, shareOf } from './load.ts';
import { addressFor } from './open-link.ts';
import type { LoginKind, LoginScenario } from './scenario.ts';
import { standIn } from './standing-procedure.ts';

const TICKET: LoginAs = { realm: REALM, login: { authmethod: 'ticket', ...USER_LOGIN } };

/** As whom the clients come in. */
const LOGINS: Readonly<Record<LoginKind, LoginAs>> = {
  anonymous: { realm: REALM },
  ticket: TICKET,
  wampcra: { realm: REALM, login: { authmethod: 'wampcra', ...USER_LOGIN } },
  dynamic: TICKET,
};

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
    const as: LoginAs = { realm: AUTH_REALM, login: { authmethod: 'ticket', ...AUTHENTICATOR_LOGIN } };
    const answer = { realm: REALM, role: USER_ROLE };
    await standIn({ address: addressFor(urls, 'ticket'), serializer, as, procedure: AUTHENTICATOR, answer }, fail);
  }

  async start(): Promise<void> {
    const { inFlight, doors } = this.#scenario;
    const { urls, share } = this.#ports;
    const address = addressFor(urls, doors[0]);
    const mine = shareOf(inFlight, share);
    await Promise.all(mine.map(() => this.#once(address)));
    for (const _ of mine) void this.#repeat(address);
  }

  received(): void {}

  async #repeat(address: RouterAddress): Promise<void> {
    try {
      for (;;) await this.#once(address);
    } catch (error) {
      this.#ports.fail(error instanceof Error ? error.message : String(error));
    }
  }

  async #once(address: RouterAddress): Promise<void> {
    const { login, serializer } = this.#scenario;
    const { meter } = this.#ports;
    const startedAt = performance.now();
    const conversation = await Conversation.join(address, serializer, LOGINS[login]);
    meter.operations += 1;
    meter.latencies.record((performance.now() - startedAt) * 1_000);
    this.routerPid = conversation.routerPid;
    conversation.link.drop();
  }
}
