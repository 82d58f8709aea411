import { createHmac } from 'node:crypto';
import type { RouterAddress } from '../src/client/router-url.ts';
import { Message } from '../src/serializers/message.ts';
import type { Serializer, SerializerId } from '../src/serializers/serializer.ts';
import type { Dict } from '../src/wamp/dict.ts';
import { Msg } from '../src/wamp/messages.ts';
import { encodeMessage } from './encode-message.ts';
import type { Link, LinkHandler } from './link.ts';
import { openLink } from './open-link.ts';

const ROLES = { caller: {}, callee: {}, publisher: {}, subscriber: {} };

/** Who logs in. */
export interface LoginAs {
  readonly realm: string;
  /** Absent: anonymous. */
  readonly login?: { readonly authmethod: Authmethod; readonly authid: string; readonly secret: string };
}

type Authmethod = 'ticket' | 'wampcra';

/** What proves that a client is who it says, to a challenge. */
const PROOFS: Readonly<Record<Authmethod, (secret: string, challenge: string) => string>> = {
  ticket: (secret) => secret,
  wampcra: (secret, challenge) => createHmac('sha256', secret).update(challenge).digest('base64'),
};

/** HELLO. */
export function helloOf(serializer: Serializer, { realm, login }: LoginAs): Buffer {
  const auth = login === undefined ? {} : { authmethods: [login.authmethod], authid: login.authid };
  return encodeMessage(serializer, Msg.HELLO, { dict: { roles: ROLES, ...auth }, text: realm });
}

/** AUTHENTICATE. @param extra of CHALLENGE */
export function answerTo(serializer: Serializer, { login }: LoginAs, extra: Dict): Buffer {
  if (login === undefined) throw new Error('the router asks for proof of an anonymous client');
  const proof = PROOFS[login.authmethod](login.secret, String(extra['challenge'] ?? ''));
  return encodeMessage(serializer, Msg.AUTHENTICATE, { text: proof });
}

interface Waiter {
  readonly codes: readonly number[];
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** A router refused something: the URI and the words. */
export class Refusal extends Error {
  readonly uri: string;

  constructor(uri: string, words: string) {
    super(words === '' ? uri : `${uri}: ${words}`);
    this.name = 'Refusal';
    this.uri = uri;
  }
}

/** One question, one answer: logging in, registering and subscribing, before the load begins. */
export class Conversation implements LinkHandler {
  readonly link: Link;
  #waiter: Waiter | null = null;
  #lastRequest = 0;
  #routerPid: number | null = null;
  #ended: string | null = null;

  constructor(link: Link) {
    this.link = link;
  }

  /** `x_cb_pid` in WELCOME of Crossbar and Turnpike: the process that the session is on; null where none was said. */
  get routerPid(): number | null {
    return this.#routerPid;
  }

  /** Connects and logs in. @throws Refusal, Error */
  static async join(address: RouterAddress, serializer: SerializerId, as: LoginAs): Promise<Conversation> {
    const conversation = await openLink(address, serializer, (link) => new Conversation(link));
    await conversation.login(as);
    return conversation;
  }

  /** @throws Refusal */
  async login(as: LoginAs): Promise<void> {
    const { serializer } = this.link;
    let answer = await this.#ask(helloOf(serializer, as), Msg.WELCOME, Msg.CHALLENGE);
    if (answer.code === Msg.CHALLENGE) answer = await this.#ask(answerTo(serializer, as, answer.dict), Msg.WELCOME);
    const pid = answer.dict['x_cb_pid'];
    if (typeof pid === 'number' && pid > 0) this.#routerPid = pid;
  }

  /** @throws Refusal */
  async register(procedure: string): Promise<void> {
    await this.#request(Msg.REGISTER, procedure, Msg.REGISTERED);
  }

  /** @throws Refusal */
  async subscribe(topic: string): Promise<void> {
    await this.#request(Msg.SUBSCRIBE, topic, Msg.SUBSCRIBED);
  }

  message(bytes: Buffer, start: number, end: number): void {
    const message = readMessage(this.link, bytes, start, end);
    const waiter = this.#waiter;
    this.#waiter = null;
    if (waiter?.codes.includes(message.code) === true) waiter.resolve(message);
    else waiter?.reject(surprise(message));
  }

  ended(reason: string): void {
    this.#ended = reason;
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.reject(new Error(reason));
  }

  async #request(code: number, text: string, answer: number): Promise<void> {
    await this.#ask(encodeMessage(this.link.serializer, code, { id: ++this.#lastRequest, text }), answer);
  }

  #ask(message: Buffer, ...codes: readonly number[]): Promise<Message> {
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended));
    this.link.send(message);
    return new Promise((resolve, reject) => {
      this.#waiter = { codes, resolve, reject };
    });
  }
}

function readMessage(link: Link, bytes: Buffer, start: number, end: number): Message {
  const message = new Message(link.serializer);
  link.serializer.read(bytes, start, end, message);
  return message;
}

/** What a router says that nobody expected: mostly a refusal. */
export function surprise(message: Message): Error {
  const { code, dict, text, serializer } = message;
  if (code !== Msg.ABORT && code !== Msg.ERROR && code !== Msg.GOODBYE) {
    return new Error(`the router sent an unexpected message of code ${code}`);
  }
  const [first] = serializer.decodePayload(message);
  const words: unknown = dict['message'] ?? (Array.isArray(first) ? first[0] : '');
  return new Refusal(text ?? '', typeof words === 'string' ? words : '');
}

/** What a message says that the load did not expect: mostly an ERROR. */
export function unexpected(link: Link, bytes: Buffer, start: number, end: number): Error {
  return surprise(readMessage(link, bytes, start, end));
}
