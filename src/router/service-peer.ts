import { Message } from '../serializers/message.ts';
import type { Payload } from '../serializers/payload.ts';
import { serializerById } from '../serializers/registry.ts';
import { type Dict, EMPTY, isDict } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import type { Log } from '../wamp/log.ts';
import { Msg } from '../wamp/messages.ts';
import { Member } from './member.ts';
import type { MetaProcedure } from './meta/procedure.ts';
import type { MessageFormat, Peer } from './peer.ts';
import type { RealmState } from './realm-state.ts';
import { TRUSTED } from './role.ts';

const serializer = serializerById('msgpack');
const NOTHING = Buffer.alloc(0);

/** Nothing is ever encoded for it: it subscribes nothing. Its index is of no wire. */
const FORMAT: MessageFormat = { index: 0, serializer, encode: () => null };

const NO_FEATURES: ReadonlySet<string> = new Set();
const NO_TRANSPORT: Dict = Object.freeze({});

export interface ServicePorts {
  readonly realm: RealmState;
  readonly log: Log;
  /** Routes a message of this peer, as one of any session. */
  readonly process: (member: Member, message: Message) => void;
}

/**
 * The router's own session on a realm: callee of the meta API, publisher of the meta events. To dealer and
 * broker it is a session like any other, but that it answers within the call, so that there is nothing to
 * cancel, to queue or to time out. It is not among the sessions of the realm: nobody sees or ends it.
 */
export class ServicePeer implements Peer {
  readonly session: number;
  readonly realm: string;
  readonly authid: string;
  readonly authrole = TRUSTED.name;
  readonly authmethod = 'trusted';
  readonly authprovider = 'static';
  readonly authextra = null;
  readonly transport = NO_TRANSPORT;
  readonly role = TRUSTED;
  readonly format = FORMAT;
  readonly features = NO_FEATURES;
  readonly traffic = null;
  readonly timeoutUnit = 1;
  readonly member: Member = new Member(this);
  readonly #ports: ServicePorts;
  /** By the id of its registration. */
  readonly #procedures = new Map<number, MetaProcedure>();
  #registering: MetaProcedure | null = null;

  constructor(authid: string, ports: ServicePorts) {
    this.#ports = ports;
    const { name } = ports.realm;
    this.session = ports.realm.nextId();
    this.realm = name;
    this.authid = authid;
  }

  /** Registers procedures: at once, as everything here. @throws Error where one is taken already */
  register(procedures: readonly MetaProcedure[]): void {
    for (const procedure of procedures) {
      this.#registering = procedure;
      this.#say(Msg.REGISTER, 1, 0, procedure.uri, null);
      if (this.#registering !== null) throw new Error(`${procedure.uri} could not be registered`);
    }
  }

  /** Publishes an event. */
  publish(topic: string, args: readonly unknown[]): void {
    this.#say(Msg.PUBLISH, 1, 0, topic, serializer.encodePayload(args, null));
  }

  send(code: number, first: number, second: number, _dict: Dict, _text: string | null, payload: Payload | null): true {
    if (code === Msg.INVOCATION) this.#answer(first, second, payload);
    else if (code === Msg.REGISTERED && this.#registering !== null) {
      this.#procedures.set(second, this.#registering);
      this.#registering = null;
    }
    return true;
  }

  sendEncoded(): true {
    return true;
  }

  isCongested(): false {
    return false;
  }

  goodbye(): void {}

  /** What is called is looked up by dealer's own record of the invocation, and so is who calls: neither can be forged. */
  #answer(invocation: number, registration: number, payload: Payload | null): void {
    let result: Payload;
    try {
      const procedure = this.#procedures.get(registration);
      const caller = this.member.invocations.get(invocation)?.caller;
      if (procedure === undefined || caller === undefined) throw new Error('an invocation of nothing, or by nobody');
      const [args, kwargs] = argumentsOf(payload);
      result = serializer.encodePayload([procedure.run({ realm: this.#ports.realm, caller }, args, kwargs)], null);
    } catch (error) {
      if (!(error instanceof WampError)) this.#ports.log.error("a procedure of the router's own failed", { error });
      const { uri, args } =
        error instanceof WampError ? error : new WampError(ERRORS.runtimeError.uri, ['internal error of the router']);
      this.#say(Msg.ERROR, Msg.INVOCATION, invocation, uri, serializer.encodePayload(args, null));
      return;
    }
    this.#say(Msg.YIELD, invocation, 0, '', result);
  }

  #say(code: number, first: number, second: number, text: string, payload: Payload | null): void {
    const message = new Message(serializer);
    Object.assign(message, { code, first, second, text, dict: EMPTY, bytes: NOTHING, ...payload });
    this.#ports.process(this.member, message);
  }
}

/** @throws WampError `wamp.error.invalid_argument` where they are not a list and a dictionary */
function argumentsOf(payload: Payload | null): [args: readonly unknown[], kwargs: Dict] {
  const [args, kwargs] = payload === null || payload.count === 0 ? [] : payload.serializer.decodePayload(payload);
  if (!Array.isArray(args ?? []) || !isDict(kwargs ?? {})) {
    throw new WampError(ERRORS.invalidArgument.uri, ['the arguments must be a list and a dictionary']);
  }
  return [(args as unknown[] | undefined) ?? [], (kwargs as Dict | undefined) ?? {}];
}
