import type { Action, Authorization, PendingAuthorization } from '../authorization/authorizer.ts';
import type { Message } from '../serializers/message.ts';
import { Prepared } from '../serializers/prepared.ts';
import type { Clock } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation } from '../wamp/errors.ts';
import { routerRoles } from '../wamp/features.ts';
import type { IdSource } from '../wamp/ids.ts';
import type { Log } from '../wamp/log.ts';
import { messageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import { type EmptyComponents, isReservedUri, isUri, type UriCheck } from '../wamp/uri.ts';
import { Broker } from './broker.ts';
import { Dealer } from './dealer.ts';
import { isPassthru } from './disclosure.ts';
import type { EventHistory } from './event-history.ts';
import type { LastDecision } from './last-decision.ts';
import { LastWords } from './last-words.ts';
import { Member } from './member.ts';
import { MetaApi } from './meta-api.ts';
import type { Peer } from './peer.ts';
import type { Leave, RealmState } from './realm-state.ts';
import type { CallQueue } from './registrations.ts';
import { replyError } from './reply.ts';
import { ReservedProcedures } from './reserved-procedures.ts';
import type { Role } from './role.ts';
import type { StatsOptions } from './session-stats.ts';
import { Sessions } from './sessions.ts';
import { TrustLevels } from './trust-levels.ts';

/** The words of Crossbar's refusals, by action. */
const WORDS: Readonly<Record<Action, { verb: string; noun: string }>> = {
  call: { verb: 'call', noun: 'call procedure' },
  register: { verb: 'register for', noun: 'register procedure' },
  publish: { verb: 'publish with', noun: 'publish to topic' },
  subscribe: { verb: 'subscribe for', noun: 'subscribe to topic' },
};

/** What failed, in Crossbar's words, where nobody could decide. */
const UNDECIDED: Readonly<Record<Action, string>> = {
  call: 'calling procedure',
  register: 'registering procedure',
  publish: 'publishing to topic URI',
  subscribe: 'subscribing to topic URI',
};

/** The actions that are authorized, by the message that asks for them. */
const ACTION_OF: ReadonlyMap<number, Action> = new Map([
  [Msg.CALL, 'call'],
  [Msg.REGISTER, 'register'],
  [Msg.PUBLISH, 'publish'],
  [Msg.SUBSCRIBE, 'subscribe'],
]);

export interface RealmOptions {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Default `loose`, as Crossbar's code has it. */
  readonly uriCheck?: UriCheck;
  /** Whether the realm has the procedures and events of the meta API. Default false. */
  readonly metaApi?: boolean;
  /** Authid of the router's own session, which subscribers of the meta events see. */
  readonly serviceAuthid?: string;
  /** When `wamp.session.on_stats` is published. Default: when a session ends. */
  readonly stats?: StatsOptions | null;
  /** Which events are kept; default: none. */
  readonly history?: EventHistory | null;
  /** Procedures whose calls may wait for a callee. Default: none. */
  readonly callQueues?: readonly CallQueue[];
}

export interface RealmPorts {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
}

/** Who it was forwarded for is what a router says; a client that could say it would be whom it likes (K16). */
function isForwarded(options: Dict): boolean {
  return options !== EMPTY && options['forward_for'] !== undefined && options['forward_for'] !== null;
}

/** Which components of the URI that a message names may be empty. */
function mayBeEmpty({ code, dict }: Message): EmptyComponents {
  if (dict === EMPTY || (code !== Msg.SUBSCRIBE && code !== Msg.REGISTER)) return 'none';
  if (dict['match'] === 'prefix') return 'last';
  return dict['match'] === 'wildcard' ? 'any' : 'none';
}

/** A realm: its roles, its sessions, its broker and its dealer. Messages do not cross realms. */
export class Realm {
  readonly name: string;
  /** Who the router itself is here. */
  readonly serviceAuthid: string;
  /** WELCOME.Details.roles. */
  readonly announced: Prepared;
  readonly reserved = new ReservedProcedures();
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #uriCheck: UriCheck;
  readonly #log: Log;
  readonly #broker: Broker;
  readonly #dealer: Dealer;
  readonly #sessions = new Sessions();
  readonly #lastWords: LastWords;
  readonly #meta: MetaApi | null;

  constructor(options: RealmOptions, ports: RealmPorts) {
    this.name = options.name;
    this.serviceAuthid = options.serviceAuthid ?? 'serviceagent';
    this.#roles = new Map(options.roles.map((role) => [role.name, role]));
    this.#uriCheck = options.uriCheck ?? 'loose';
    this.#log = ports.log.with({ realm: options.name });
    const { history = null, callQueues = [] } = options;
    const trust = new TrustLevels(options.roles);
    this.#broker = new Broker({ ids: ports.ids, clock: ports.clock, history, trust });
    this.#dealer = new Dealer({ ...ports, log: this.#log, reserved: this.reserved, callQueues, trust });
    this.#lastWords = new LastWords({
      clock: ports.clock,
      log: this.#log,
      process: (member, message) => this.process(member, message),
      proceed: (member, message, authorization) => this.proceed(member, message, authorization),
    });
    this.#meta = options.metaApi === true ? this.#metaApi(options, ports) : null;
    const keepsEvents = history !== null && history.logs.length > 0;
    this.announced = new Prepared(
      routerRoles({ metaApi: this.#meta !== null, history: keepsEvents, trust: trust.inUse }),
    );
  }

  role(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  /** The id of the registration of a procedure, or null where nobody has registered it. */
  registrationOf(procedure: string): number | null {
    return this.#dealer.registrations.lookUp('exact', procedure)?.id ?? null;
  }

  /** What exists now; all zero when nothing is left behind. */
  get counts(): { sessions: number; subscriptions: number; registrations: number } {
    const registrations = this.#dealer.registrations.size - (this.#meta?.registrations ?? 0);
    return { sessions: this.#sessions.size, subscriptions: this.#broker.size, registrations };
  }

  join(peer: Peer): Member {
    const member = new Member(peer);
    this.#sessions.add(member);
    this.#meta?.joined(member);
    return member;
  }

  /**
   * Ends all that a session held, and tells of it. Crossbar: where it said GOODBYE `on_leave` comes before its
   * testaments, else after them. Of an end of all sessions nobody is told. [WAMP: wamp.session.kill_all]
   */
  leave(member: Member, how: Leave = 'lost'): void {
    if (!this.#sessions.delete(member)) return;
    member.present = false;
    this.#broker.leave(member);
    this.#dealer.leave(member);
    if (how === 'kill-all') {
      this.#meta?.forget(member);
      return;
    }
    if (how === 'goodbye') this.#meta?.left(member);
    this.#lastWords.say(member, () => how === 'lost' && this.#meta?.left(member));
  }

  /**
   * Routes one message of a session. Whatever goes wrong, a request gets its answer (K25).
   * @returns null where that is done; else what has to be awaited first: then `proceed`, with a copy of the
   *   message, and until then no other message of this session
   * @throws ProtocolViolation where the message may not be sent at all
   */
  process(member: Member, message: Message): PendingAuthorization | null {
    try {
      return this.#route(member, message);
    } catch (error) {
      this.#caught(error, member, message);
      return null;
    }
  }

  /** Routes a message that had to wait for its authorization. @throws ProtocolViolation as `process` does */
  proceed(member: Member, message: Message, authorization: Authorization): void {
    const action = ACTION_OF.get(message.code);
    if (action === undefined) return;
    try {
      this.#enter(member, message, action, authorization);
    } catch (error) {
      this.#caught(error, member, message);
    }
  }

  #caught(error: unknown, member: Member, message: Message): void {
    if (error instanceof ProtocolViolation) throw error;
    const name = messageRow(message.code)?.name;
    this.#log.error('a message could not be processed', { message: name, error });
    this.#fail(member, message);
  }

  #metaApi({ stats = null }: RealmOptions, { clock, ids }: RealmPorts): MetaApi {
    const realm: RealmState = {
      name: this.name,
      uriCheck: this.#uriCheck,
      sessions: this.#sessions,
      broker: this.#broker,
      dealer: this.#dealer,
      nextId: () => ids.next(),
      expel: (member, how, reason, message) => {
        this.leave(member, how);
        member.peer.goodbye(reason, message);
      },
    };
    const process = (member: Member, message: Message): void => void this.process(member, message);
    const meta = new MetaApi({ stats, authid: this.serviceAuthid }, { clock, log: this.#log, realm, process });
    this.#broker.events = meta.subscriptionEvents;
    this.#dealer.registrations.events = meta.registrationEvents;
    return meta;
  }

  #fail(member: Member, message: Message): void {
    if (message.code === Msg.YIELD) this.#dealer.fail(member, message.first);
    else if (message.code === Msg.ERROR) this.#dealer.fail(member, message.second);
    else this.#refuse(member, message, ERRORS.runtimeError.uri, 'internal error of the router');
  }

  #route(member: Member, message: Message): PendingAuthorization | null {
    switch (message.code) {
      case Msg.CALL:
        if (this.#dealer.continues(member, message)) return null;
        return this.#request(member, message, 'call');
      case Msg.YIELD:
        this.#dealer.yield(member, message);
        return null;
      case Msg.PUBLISH:
        this.#checkPassthru(member, message);
        return this.#request(member, message, 'publish');
      case Msg.ERROR:
        this.#dealer.error(member, message, message.text ?? '');
        return null;
      case Msg.SUBSCRIBE:
        return this.#request(member, message, 'subscribe');
      case Msg.UNSUBSCRIBE:
        this.#broker.unsubscribe(member, message);
        return null;
      case Msg.REGISTER:
        return this.#request(member, message, 'register');
      case Msg.UNREGISTER:
        this.#dealer.registrations.unregister(member, message);
        return null;
      case Msg.CANCEL:
        this.#dealer.cancel(member, message);
        return null;
      default:
        throw new ProtocolViolation(`${messageRow(message.code)?.name ?? message.code}: not a message for a realm`);
    }
  }

  /** A request that needs a permission: done or refused at once, or what it has to wait for. */
  #request(member: Member, message: Message, action: Action): PendingAuthorization | null {
    const { peer } = member;
    const uri = message.text ?? '';
    // A known URI was checked when it became known, so the hot path looks no further.
    const known = this.#named(action, uri);
    const refusal = this.#refuseUri(member, message, action, uri, known !== undefined);
    if (refusal !== null) {
      this.#refuse(member, message, ERRORS.invalidUri.uri, refusal);
      return null;
    }
    if (isForwarded(message.dict)) {
      this.#refuse(member, message, ERRORS.optionNotAllowed.uri, 'forward_for is for links between routers');
      return null;
    }
    if (action === 'publish' && known === undefined && this.#broker.ignores(uri, message.dict)) return null;
    const { authorizer } = peer.role;
    const authorization = known?.decisionOf(authorizer) ?? authorizer.authorize(peer, action, uri, message.dict);
    if (authorization.allow === null) return authorization;
    known?.keepDecision(authorizer, authorization);
    this.#enter(member, message, action, authorization);
    return null;
  }

  /** Whether a session may call that procedure. Where nobody could decide, it is not known to be forbidden. */
  async mayCall(session: number, procedure: string): Promise<boolean> {
    const peer = this.#sessions.find(session)?.peer;
    if (peer === undefined) return true;
    const authorization = peer.role.authorizer.authorize(peer, 'call', procedure, {});
    const { allow, failure } = authorization.allow === null ? await authorization.decision : authorization;
    return allow || failure !== undefined;
  }

  /** What a call or a publication names, where somebody registered or subscribed that very URI. */
  #named(action: Action, uri: string): LastDecision | undefined {
    if (action === 'call') return this.#dealer.registrations.exact(uri);
    return action === 'publish' ? this.#broker.exact(uri) : undefined;
  }

  /** Does what was asked for, where it is allowed; else says why not. */
  #enter(member: Member, message: Message, action: Action, authorization: Authorization): void {
    const uri = message.text ?? '';
    if (!authorization.allow) this.#refuseAction(member, message, action, authorization.failure);
    else if (action === 'call') this.#dealer.call(member, message, uri, authorization.disclose);
    else if (action === 'publish') this.#broker.publish(member, message, uri, authorization.disclose);
    else if (action === 'subscribe') this.#broker.subscribe(member, message, uri);
    else this.#dealer.registrations.register(member, message, uri);
  }

  /** Crossbar 1b.4. @param failure why nobody could decide; undefined where it was decided */
  #refuseAction(member: Member, message: Message, action: Action, failure: string | undefined): void {
    const { peer } = member;
    const uri = message.text ?? '';
    if (failure !== undefined) {
      const text = `failed to authorize session for ${UNDECIDED[action]} '${uri}': ${failure}`;
      this.#refuse(member, message, ERRORS.authorizationFailed.uri, text);
      return;
    }
    const who = `session (session_id=${peer.session}, authid="${peer.authid}", authrole="${peer.authrole}")`;
    const text =
      action === 'publish'
        ? `session not authorized to publish to topic '${uri}'`
        : `${who} is not authorized to ${WORDS[action].noun} "${uri}" on realm "${this.name}"`;
    this.#refuse(member, message, ERRORS.notAuthorized.uri, text);
  }

  #refuseUri(member: Member, message: Message, action: Action, uri: string, known: boolean): string | null {
    const restricted = (action === 'register' || action === 'publish') && !member.trusted && isReservedUri(uri);
    if (restricted) {
      const kind = action === 'publish' ? 'topic' : 'procedure';
      return `${action} ${action === 'publish' ? 'with' : 'for'} restricted ${kind} URI '${uri}'`;
    }
    if (known || isUri(uri, this.#uriCheck, mayBeEmpty(message))) return null;
    const kind = action === 'call' || action === 'register' ? 'procedure' : 'topic';
    const strict = this.#uriCheck === 'strict' ? 'True' : 'False';
    return `${WORDS[action].verb} invalid ${kind} URI '${uri.slice(0, 256)}' (URI strict checking ${strict})`;
  }

  /** Not of testaments: whoever left breaks no protocol. [WAMP: Payload Passthru Mode] @throws ProtocolViolation */
  #checkPassthru(member: Member, { dict }: Message): void {
    if (!isPassthru(dict) || member.peer.features.has('publisher.payload_passthru_mode')) return;
    if (this.#sessions.find(member.peer.session) === member) {
      throw new ProtocolViolation('PUBLISH: payload passthru mode was not announced');
    }
  }

  /** PUBLISH is only answered where it asked for it. [WAMP: PUBLISH] */
  #refuse(member: Member, message: Message, uri: string, text: string): void {
    if (message.code === Msg.PUBLISH && message.dict['acknowledge'] !== true) return;
    if (message.code === Msg.CALL) this.#dealer.refuse(member, message, uri, text);
    else replyError(member.peer, message.code, message.first, uri, text);
  }
}
