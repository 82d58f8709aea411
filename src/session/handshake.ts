import type { Hello } from '../auth/authmethod.ts';
import type { Accept, Challenge, Deny, Outcome } from '../auth/outcome.ts';
import { StepEnd, type StepSignal } from '../auth/step-signal.ts';
import type { Message } from '../serializers/message.ts';
import type { Dict } from '../wamp/dict.ts';
import { ProtocolViolation } from '../wamp/errors.ts';
import { type HelloDetails, readHello } from '../wamp/hello.ts';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import type { LoginAttempt } from './login-attempt.ts';

export interface HandshakePorts {
  readonly login: () => LoginAttempt;
  /** The id that the session will have. */
  readonly nextSession: () => number;
  /** `marshalTransportDetails` of the connection: made where somebody asks for it. */
  readonly transport: () => Dict;
  readonly channel: TlsChannel | null;
  readonly onAccept: (session: number, accept: Accept, features: ReadonlySet<string>) => void;
  readonly onChallenge: (challenge: Challenge) => void;
  readonly onDeny: (denied: Deny) => void;
  /** The login itself failed, other than by a denial. */
  readonly onFailure: (error: unknown) => void;
}

/** HELLO as the login has it. An object with a getter of its own, in place of a class, would be another shape for each. */
class ClientHello implements Hello {
  readonly realm: string | null;
  readonly authmethods: readonly string[];
  readonly authid: string | null;
  readonly authrole: string | null;
  readonly authextra: Dict | null;
  readonly session: number;
  readonly channel: TlsChannel | null;
  readonly #describe: () => Dict;
  #transport: Dict | null = null;

  constructor(realm: string | null, said: HelloDetails, session: number, { transport, channel }: HandshakePorts) {
    this.realm = realm;
    this.authmethods = said.authmethods;
    this.authid = said.authid;
    this.authrole = said.authrole;
    this.authextra = said.authextra;
    this.session = session;
    this.channel = channel;
    this.#describe = transport;
  }

  get transport(): Dict {
    this.#transport ??= this.#describe();
    return this.#transport;
  }
}

/** What happens between HELLO and WELCOME: one login attempt, one step at a time. */
export class Handshake {
  readonly #ports: HandshakePorts;
  #login: LoginAttempt | null = null;
  #hello: HelloDetails | null = null;
  /** Drawn at HELLO: authenticators are told it before the session has it (Crossbar 1.3). */
  #session = 0;
  /** Of the step under way. Aborting it cancels an authenticator's call. */
  #step: StepEnd | null = null;

  constructor(ports: HandshakePorts) {
    this.#ports = ports;
  }

  hello(message: Message): void {
    const details = readHello(message.dict);
    const realm = message.text;
    this.#hello = details;
    this.#session = this.#ports.nextSession();
    const login = this.#ports.login();
    this.#login = login;
    const hello = new ClientHello(realm, details, this.#session, this.#ports);
    this.#take((signal) => login.hello(hello, signal));
  }

  authenticate(message: Message): void {
    const login = this.#login;
    if (login === null) throw new ProtocolViolation('AUTHENTICATE: no login is under way');
    const signature = message.text ?? '';
    const extra = message.dict;
    this.#take((signal) => login.authenticate(signature, extra, signal));
  }

  /** Ends the attempt: nothing is called back any more. */
  cancel(): void {
    this.#step?.abort();
    this.#step = null;
    this.#login = null;
    this.#hello = null;
  }

  /** Takes a step of the login. If the client leaves meanwhile, its outcome has nowhere to go. */
  #take(step: (signal: StepSignal) => Promise<Outcome>): void {
    const control = new StepEnd();
    this.#step = control;
    step(control).then(
      (outcome) => {
        if (this.#step !== control) return;
        this.#step = null;
        this.#settle(outcome);
      },
      (error: unknown) => {
        if (this.#step !== control) return;
        this.cancel();
        this.#ports.onFailure(error);
      },
    );
  }

  #settle(outcome: Outcome): void {
    if (outcome.kind === 'challenge') {
      this.#ports.onChallenge(outcome);
      return;
    }
    const features = this.#hello?.features ?? new Set();
    this.cancel();
    if (outcome.kind === 'deny') this.#ports.onDeny(outcome);
    else this.#ports.onAccept(this.#session, outcome, features);
  }
}
