import { type Dict, EMPTY, isDict } from '../wamp/dict.ts';
import {
  type ChallengeAnswer,
  type ClientAuth,
  type ClientLogin,
  type ClientProof,
  ProofError,
} from './client-auth.ts';

/** All that a client offers to prove in one login; the router chooses. */
export class Proofs {
  readonly #proofs = new Map<string, ClientProof>();
  #answered: ClientProof | null = null;

  /** @throws ProofError where one of them cannot be had on this connection */
  constructor(auth: readonly ClientAuth[] = [], login: ClientLogin = { authid: null, channel: null }) {
    for (const each of auth) this.#proofs.set(each.method, each.begin(login));
  }

  /** HELLO.Details.authextra: the caller's own, and what the proofs need. */
  authextraWith(own: Readonly<Dict> | undefined): Readonly<Dict> | undefined {
    const needed = [...this.#proofs.values()].flatMap(({ authextra }) => (authextra === undefined ? [] : [authextra]));
    return needed.length === 0 ? own : Object.assign({}, own, ...needed);
  }

  /** @throws ProofError where the client has nothing to answer it with, or must not */
  async answer(method: string, extra: Dict): Promise<ChallengeAnswer> {
    const proof = this.#proofs.get(method);
    if (proof === undefined) throw new ProofError('the client has not offered it');
    this.#answered = proof;
    return proof.answer(extra);
  }

  /**
   * Checks that a router that lets the client in has proved itself, as far as the authmethod has it do so. A
   * router that leaves out the challenge does not get around that.
   * @throws ProofError
   */
  checkRouter(welcome: Dict): void {
    const { authmethod, authprovider, authextra } = welcome;
    // A cookie is for the browser's like: whoever offers one takes it for proof enough.
    if (authprovider === 'cookie' && this.#proofs.has('cookie')) return;
    const only = this.#proofs.size === 1 ? [...this.#proofs.values()][0] : undefined;
    const proof = this.#answered ?? this.#proofs.get(String(authmethod)) ?? only;
    proof?.checkRouter?.(isDict(authextra) ? authextra : EMPTY);
  }
}
