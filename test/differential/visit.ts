/** One connection to the router under test, and what was heard on it. */
import { type ChallengeAnswer, type ClientAuth, type ClientProof, ProofError } from '../../src/client/client-auth.ts';
import type { DialOptions } from '../../src/client/dial.ts';
import { Missing, RawPeer } from '../../src/conformance/raw-peer.ts';
import type { SerializerId } from '../../src/serializers/serializer.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';

/** What happened, in the order in which it did: a message of the router's, a call of the authenticator, an end. */
export interface Entry {
  /** `WELCOME`, `called`, `closed`, `silence` … */
  readonly name: string;
  readonly value: Dict;
}

export type Transcript = Entry[];

const NAMES = new Map(Object.entries(Msg).map(([name, code]) => [code as number, name]));

/** Milliseconds to wait for an answer. Longer than our router waits for an authenticator that is late. */
const PATIENCE = 4_500;
/** Where silence is what is expected of one of them. */
export const SHORT = 1_000;

export const PORTS = { clock: SYSTEM_CLOCK, log: SILENT };

export interface Where {
  readonly url: string;
  readonly serializer: SerializerId;
  readonly more?: Pick<DialOptions, 'headers' | 'cookies' | 'tls'>;
}

/** How to log in. What is not said is left out of HELLO. */
export interface LoginSpec {
  readonly realm?: unknown;
  readonly details?: Dict;
  /** Answers the challenge: with a proof, or a text whatever the challenge is. */
  readonly answer?: ClientAuth | string;
}

export const ROLES = { caller: {}, callee: {}, publisher: {}, subscriber: {} };

export class Visit {
  readonly #transcript: Transcript;
  readonly #peer: RawPeer;
  patience = PATIENCE;

  private constructor(peer: RawPeer, transcript: Transcript) {
    this.#peer = peer;
    this.#transcript = transcript;
  }

  static async open({ url, serializer, more = {} }: Where, transcript: Transcript): Promise<Visit> {
    return new Visit(await RawPeer.connect(url, serializer, PORTS, 10_000, more), transcript);
  }

  say(...message: readonly unknown[]): void {
    this.#peer.send(message);
  }

  sayBytes(bytes: Buffer): void {
    this.#peer.sendBytes(bytes);
  }

  /** The next message of the router's, noted; null where none comes. */
  async hear(): Promise<unknown[] | null> {
    try {
      const message = await this.#peer.next(this.patience);
      this.#transcript.push({ name: NAMES.get(Number(message[0])) ?? String(message[0]), value: fieldsOf(message) });
      return message;
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      this.#transcript.push({ name: this.#peer.gone ? 'closed' : 'silence', value: {} });
      return null;
    }
  }

  /** HELLO, and the answer to the challenge if there is one. @returns whether the client is in */
  async logIn({ realm = 'realm1', details = {}, answer = '' }: LoginSpec): Promise<boolean> {
    const authid = typeof details['authid'] === 'string' ? details['authid'] : null;
    const proof = typeof answer === 'string' ? null : answer.begin({ authid, channel: this.#peer.channel });
    this.say(Msg.HELLO, realm, helloDetails(details, proof));
    let message = await this.hear();
    if (message?.[0] === Msg.CHALLENGE) {
      const answered = proof === null ? String(answer) : await this.#prove(proof, message[2] as Dict);
      if (answered === null) return false;
      const signature = typeof answered === 'string' ? answered : answered.signature;
      this.say(Msg.AUTHENTICATE, signature, typeof answered === 'string' ? {} : (answered.extra ?? {}));
      message = await this.hear();
    }
    return message?.[0] === Msg.WELCOME;
  }

  /** Null where our client would go no further. */
  async #prove(proof: ClientProof, extra: Dict): Promise<ChallengeAnswer | null> {
    try {
      return await proof.answer(extra);
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      this.#transcript.push({ name: 'client refuses', value: { text: error.message } });
      return null;
    }
  }

  cut(): void {
    this.#peer.cut();
  }
}

function helloDetails(details: Dict, proof: ClientProof | null): Dict {
  const authextra = { ...proof?.authextra, ...(details['authextra'] as Dict | undefined) };
  return { roles: ROLES, ...details, ...(Object.keys(authextra).length > 0 && { authextra }) };
}

/** The fields of a message by the names that they have in the specification. */
function fieldsOf(message: readonly unknown[]): Dict {
  const [code, first, second] = message;
  if (code === Msg.WELCOME) return { session: first, ...(second as Dict) };
  if (code === Msg.CHALLENGE) return { authmethod: first, ...(second as Dict) };
  if (code === Msg.ABORT || code === Msg.GOODBYE) return { reason: second, ...(first as Dict) };
  return { fields: message.slice(1) };
}
