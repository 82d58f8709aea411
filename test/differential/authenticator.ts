/** The component that decides logins, on the realm where it is asked. */
import { ticket } from '../../src/client/auth/ticket.ts';
import { RawPeer } from '../../src/conformance/raw-peer.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { type Decision, decide } from './deciders.ts';
import { AUTHENTICATOR, DECIDER } from './node-config.ts';
import { PORTS, ROLES, type Transcript } from './visit.ts';

const FOREVER = 2 ** 31 - 1;
const PATIENCE = 20_000;

export class AuthenticatorComponent {
  readonly #url: string;
  readonly #realm: string;
  #peer: RawPeer | null = null;
  /** Where calls are noted. */
  transcript: Transcript = [];

  constructor(url: string, realm: string) {
    this.#url = url;
    this.#realm = realm;
  }

  /** Joins and registers, if it is not there. */
  async ensure(): Promise<void> {
    if (this.#peer !== null && !this.#peer.gone) return;
    const peer = await RawPeer.connect(this.#url, 'json', PORTS, PATIENCE);
    const { authid } = DECIDER;
    peer.send([Msg.HELLO, this.#realm, { roles: ROLES, authmethods: [ticket(DECIDER.ticket).method], authid }]);
    await expect(peer, Msg.CHALLENGE);
    peer.send([Msg.AUTHENTICATE, DECIDER.ticket, {}]);
    await expect(peer, Msg.WELCOME);
    peer.send([Msg.REGISTER, peer.nextRequest(), {}, AUTHENTICATOR]);
    await expect(peer, Msg.REGISTERED);
    this.#peer = peer;
    void this.#serve(peer);
  }

  close(): void {
    this.#peer?.cut();
  }

  async #serve(peer: RawPeer): Promise<void> {
    while (!peer.gone) {
      const message = await peer.next(FOREVER).catch(() => null);
      if (message === null) return;
      if (message[0] !== Msg.INVOCATION) continue;
      const [, request, , details, args = [], kwargs = {}] = message as [
        number,
        number,
        number,
        Dict,
        unknown[]?,
        Dict?,
      ];
      const [realm, authid, about, ...more] = args;
      this.transcript.push({
        name: 'called',
        value: { on: this.#realm, realm, authid, details: about, more, kwargs, invocation: details },
      });
      this.#answer(peer, request, decide(args));
    }
  }

  #answer(peer: RawPeer, request: number, decision: Decision): void {
    if (decision.kind === 'yield') peer.send([Msg.YIELD, request, {}, decision.args, decision.kwargs]);
    if (decision.kind === 'raise') {
      peer.send([Msg.ERROR, Msg.INVOCATION, request, {}, decision.uri, decision.args, decision.kwargs]);
    }
    if (decision.kind === 'cut') peer.cut();
  }
}

async function expect(peer: RawPeer, code: number): Promise<void> {
  const message = await peer.next(PATIENCE);
  if (message[0] !== code) throw new Error(`the authenticator cannot come in: ${JSON.stringify(message)}`);
}
