import type { ClientSession } from '../client/client-session.ts';
import type { Realm } from '../router/realm.ts';
import { TRUSTED } from '../router/role.ts';
import type { Router } from '../router/router.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { type Caller, CallForbidden, type CallOptions, SEVERAL_RESULTS } from '../wamp/roles.ts';
import { joinLocally, type LocalPorts } from './local-session.ts';
import { type LocalPrincipal, roleOn, type SessionHost } from './session-host.ts';

/** A session of the router's own, joined when it is first needed, and anew if it has ended. */
class ServiceSession implements Caller {
  readonly #join: () => Promise<ClientSession>;
  #session: Promise<ClientSession> | null = null;

  readonly #realm: Realm;

  constructor(realm: Realm, join: () => Promise<ClientSession>) {
    this.#realm = realm;
    this.#join = join;
  }

  isRegistered(procedure: string): boolean {
    return this.#realm.registrationOf(procedure) !== null;
  }

  async call(procedure: string, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const session = await this.#joined();
    options?.signal?.throwIfAborted();
    try {
      const { args: results, kwargs } = await session.callFull(procedure, args, options);
      return results.length > 1 || Object.keys(kwargs).length > 0 ? SEVERAL_RESULTS : results[0];
    } catch (error) {
      throw await this.#cause(error, session.id, procedure);
    }
  }

  /** An ERROR does not tell whether the realm or the callee sends it: whether the realm would, the realm says. */
  async #cause(error: unknown, session: number, procedure: string): Promise<unknown> {
    const isRefusal = error instanceof WampError && error.uri === ERRORS.notAuthorized.uri;
    if (!isRefusal || (await this.#realm.mayCall(session, procedure))) return error;
    return new CallForbidden(error.uri, error.args, error.kwargs, { cause: error });
  }

  async #joined(): Promise<ClientSession> {
    const known = this.#session;
    if (known !== null) {
      const session = await known;
      if (session.open) return session;
      // Of all who find it ended, one joins anew: a session that nobody knows of would stay for ever.
      if (this.#session === known) this.#session = null;
    }
    this.#session ??= this.#begin();
    return this.#session;
  }

  /** A join that fails is no reason for the next one to fail. */
  #begin(): Promise<ClientSession> {
    const joining = this.#join();
    joining.catch(() => {
      if (this.#session === joining) this.#session = null;
    });
    return joining;
  }
}

/** Who the router itself is on a realm. Crossbar: the authid of its service session. @param realm its id, not its name */
export function serviceAuthid(worker: string, realm: string): string {
  return `routerworker-${worker}-realm-${realm}-serviceagent`;
}

/**
 * The sessions through which the router calls authenticators: one per realm and role. Callees see the
 * caller as Crossbar's service session: `routerworker-<worker>-realm-<id of the realm>-serviceagent`.
 */
export class ServiceSessions {
  readonly #host: SessionHost;
  readonly #router: Router;
  readonly #ports: LocalPorts;
  readonly #sessions = new Map<string, ServiceSession>();

  constructor(host: SessionHost, router: Router, ports: LocalPorts) {
    this.#host = host;
    this.#router = router;
    this.#ports = ports;
  }

  /** @param roleName null: the router itself, who may call anything */
  callerFor(realmName: string, roleName: string | null): Caller | 'no such realm' | 'no such role' {
    const realm = this.#router.realm(realmName);
    if (realm === undefined) return 'no such realm';
    const role = roleOn(realm, roleName ?? TRUSTED.name);
    if (role === undefined) return 'no such role';
    const key = JSON.stringify([realmName, role.name]);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const principal: LocalPrincipal = { realm, role, authid: realm.serviceAuthid };
    const session = new ServiceSession(realm, () => joinLocally(this.#host, principal, this.#ports));
    this.#sessions.set(key, session);
    return session;
  }
}
