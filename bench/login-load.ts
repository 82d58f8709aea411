import { AUTH_REALM, AUTHENTICATOR, AUTHENTICATOR_LOGIN, REALM, USER_LOGIN, USER_ROLE } from './bench-node.ts';
import { Conversation, type LoginAs } from './conversation.ts';
import { type Load, type LoadPorts, shareOf } from './load.ts';
import { LoginClient } from './login-client.ts';
import { addressFor } from './open-link.ts';
import type { LoginKind, LoginScenario } from './scenario.ts';
import { standIn } from './standing-procedure.ts';

const LOGIN_TIMEOUT = 10_000;

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
    const { inFlight, doors, login, serializer } = this.#scenario;
    const { urls, share, meter, fail } = this.#ports;
    const address = addressFor(urls, doors[0]);
    const as = LOGINS[login];
    // One that looks at all that it is told.
    const first = await Conversation.join(address, serializer, as);
    this.routerPid = first.routerPid;
    first.link.drop();
    const welcomed = (took: number): void => {
      meter.operations += 1;
      meter.latencies.record(took * 1_000);
    };
    const clients = shareOf(inFlight, share).map(() => new LoginClient({ address, serializer, as, welcomed, fail }));
    for (const client of clients) client.begin();
    setInterval(() => {
      const tooLong = performance.now() - LOGIN_TIMEOUT;
      if (clients.some(({ startedAt }) => startedAt < tooLong)) fail('the router did not let a client in in time');
    }, LOGIN_TIMEOUT).unref();
  }

  received(): void {}
}
