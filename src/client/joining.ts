import type { Message } from '../serializers/message.ts';
import type { Accept, Connection } from '../session/connection.ts';
import { wireOf } from '../session/wire-of.ts';
import type { Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation, WampError } from '../wamp/errors.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import { CLIENT_ROLES } from './announced-roles.ts';
import { ticket } from './auth/ticket.ts';
import { type ChallengeAnswer, type ClientAuth, ProofError } from './client-auth.ts';
import { ClientSession } from './client-session.ts';
import type { ClientPorts, JoinOptions } from './join-options.ts';
import { loginMessage } from './login-message.ts';
import { MessageChannel, type MessageListener } from './message-channel.ts';
import { Proofs } from './proofs.ts';
import { optionsDict, unpack } from './session-line.ts';

const JOIN_TIMEOUT = 20_000;

/**
 * One attempt to join a realm over one connection: HELLO, the challenge if there is one, then WELCOME or ABORT.
 * `accept` is what the transport is given; it serves one connection.
 */
export class Joining implements MessageListener {
  /** Rejects with a `WampError`: the router's reason for ABORT, or why it never came to an answer. */
  readonly session: Promise<ClientSession>;
  readonly #options: JoinOptions;
  readonly #ports: ClientPorts;
  readonly #auth: readonly ClientAuth[];
  #proofs = new Proofs();
  #channel: MessageChannel | null = null;
  #timer: Timer | null = null;
  /** A challenge is being answered. */
  #answering = false;
  #settled = false;
  #resolve: (session: ClientSession) => void = () => {};
  #reject: (error: WampError) => void = () => {};

  constructor(options: JoinOptions, ports: ClientPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#auth = authOf(options);
    this.session = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever made the connection may still be waiting for it to say so, and looks at this promise only later.
    this.session.catch(() => {});
  }

  readonly accept: Accept = (connection: Connection, protocol: string) => {
    const { signal, joinTimeout = JOIN_TIMEOUT, realm } = this.#options;
    const wire = wireOf(protocol, connection.framing);
    const channel = new MessageChannel(connection, wire, this, this.#options, this.#ports);
    this.#channel = channel;
    this.#timer = this.#ports.clock.setTimer(() => {
      this.#giveUp(ERRORS.networkFailure.uri, `the router did not let the client in within ${joinTimeout} ms`);
    }, joinTimeout);
    signal?.addEventListener('abort', this.#onSignal, { once: true });
    if (signal?.aborted) this.#onSignal();
    else this.#hello(realm, connection.details.channel ?? null);
    return channel;
  };

  message(message: Message): void {
    this.#show(false, message.code, message.dict, message.text, message.first);
    switch (message.code) {
      case Msg.WELCOME:
        this.#welcome(message);
        return;
      case Msg.CHALLENGE:
        this.#challenge(message.text ?? '', message.dict);
        return;
      case Msg.ABORT:
        this.#refused(message);
        return;
      default:
        throw new ProtocolViolation(`${messageRow(message.code)?.name} before WELCOME`);
    }
  }

  broken(uri: string, text: string): void {
    this.#fail(new WampError(uri, [text]));
  }

  disconnected(): void {
    this.#fail(new WampError(ERRORS.networkFailure.uri, ['the connection ended before WELCOME']));
  }

  #hello(realm: string | null, channel: TlsChannel | null): void {
    const { authid, authrole } = this.#options;
    const auth = this.#auth;
    const authmethods = this.#options.authmethods ?? (auth.length === 0 ? undefined : auth.map(({ method }) => method));
    try {
      this.#proofs = new Proofs(auth, { authid: authid ?? null, channel });
      const authextra = this.#proofs.authextraWith(this.#options.authextra);
      const details = optionsDict({ roles: CLIENT_ROLES }, { authmethods, authid, authrole, authextra });
      this.#send(Msg.HELLO, details, realm);
    } catch (cause) {
      if (cause instanceof ProofError) this.#giveUp(ERRORS.authenticationFailed.uri, cause.message, cause);
      else this.#giveUp(ERRORS.invalidArgument.uri, '"authextra" cannot be serialized', cause);
    }
  }

  #welcome(message: Message): void {
    const channel = this.#channel;
    if (channel === null) return;
    if (this.#options.realm === null && typeof message.dict['realm'] !== 'string') {
      throw new ProtocolViolation('WELCOME: it names no realm, though the router was to choose one');
    }
    try {
      this.#proofs.checkRouter(message.dict);
    } catch (cause) {
      if (!(cause instanceof ProofError)) throw cause;
      this.#giveUp(ERRORS.authenticationFailed.uri, cause.message, cause);
      return;
    }
    const session = new ClientSession(channel, message, this.#options, this.#ports);
    this.#settle();
    this.#resolve(session);
  }

  #challenge(method: string, extra: Dict): void {
    if (this.#answering) throw new ProtocolViolation('CHALLENGE while another is being answered');
    this.#answering = true;
    this.#answer(method, extra)
      .then((answer) => {
        this.#answering = false;
        if (this.#settled) return;
        const { signature, extra = EMPTY } = typeof answer === 'string' ? { signature: answer } : answer;
        this.#send(Msg.AUTHENTICATE, extra, signature);
      })
      .catch((cause: unknown) => {
        const why = cause instanceof ProofError ? `: ${cause.message}` : '';
        this.#giveUp(ERRORS.authenticationFailed.uri, `the challenge "${method}" could not be answered${why}`, cause);
      });
  }

  async #answer(method: string, extra: Dict): Promise<ChallengeAnswer> {
    const { onChallenge } = this.#options;
    return onChallenge === undefined ? this.#proofs.answer(method, extra) : onChallenge(method, extra);
  }

  #send(code: number, dict: Dict, text: string | null): void {
    this.#show(true, code, dict, text);
    if (this.#channel?.send(code, 0, 0, dict, text, null)) return;
    this.#giveUp(ERRORS.payloadSizeExceeded.uri, 'the router takes no messages of the size that the login needs');
  }

  #show(sent: boolean, code: number, dict: Dict, text: string | null, session = 0): void {
    const { onLoginMessage } = this.#options;
    if (onLoginMessage !== undefined) onLoginMessage(loginMessage(sent, code, dict, text, session));
  }

  #refused(message: Message): void {
    const { args, kwargs } = unpack(message);
    const text = message.dict['message'];
    this.#fail(new WampError(message.text ?? '', typeof text === 'string' ? [text, ...args] : args, kwargs));
    this.#channel?.close('normal', '');
  }

  readonly #onSignal = (): void => {
    this.#giveUp(ERRORS.canceled.uri, 'joining was cancelled', this.#options.signal?.reason);
  };

  /** The client ends it. */
  #giveUp(uri: string, text: string, cause?: unknown): void {
    if (this.#settled) return;
    this.#fail(new WampError(uri, [text], {}, { cause }));
    // The text is for the embedder; the router learns no more than the reason.
    this.#channel?.abort(uri, '', 'normal');
  }

  #fail(error: WampError): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  /** No timer and no listener is left. */
  #settle(): void {
    this.#settled = true;
    this.#timer?.cancel();
    this.#options.signal?.removeEventListener('abort', this.#onSignal);
  }
}

function authOf({ auth, ticket: secret }: JoinOptions): readonly ClientAuth[] {
  if (auth !== undefined) return 'method' in auth ? [auth] : auth;
  return secret === undefined ? [] : [ticket(secret)];
}
