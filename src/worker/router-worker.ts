import { randomBytes } from 'node:crypto';
import { CallGates } from '../auth/authenticators/call-gates.ts';
import type { CallerFor } from '../auth/authenticators/dynamic.ts';
import { FunctionLoader } from '../auth/authenticators/function-loader.ts';
import { Decoys } from '../auth/decoys.ts';
import { KeyDerivation } from '../auth/key-derivation.ts';
import type { LoginTrace } from '../auth/login-trace.ts';
import { NodeKey } from '../auth/node-key.ts';
import { AuthPolicy, type AuthPorts } from '../auth/policy.ts';
import type { Ask } from '../authorization/asking-authorizer.ts';
import type { ClientSession } from '../client/client-session.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';
import { Router } from '../router/router.ts';
import { Flusher } from '../session/flusher.ts';
import type { Duplicate } from '../transports/acceptors.ts';
import type { Clock } from '../wamp/clock.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { compileAuth } from './compile-auth.ts';
import { type CompiledRealm, compileRealm } from './compile-realm.ts';
import { moduleImporter, startComponent } from './components.ts';
import { CookieStores } from './cookie-stores.ts';
import { closeHistories, type Histories, openHistories } from './event-histories.ts';
import { joinLocally, type LocalPorts } from './local-session.ts';
import { randomReserve } from './random-reserve.ts';
import { ServiceSessions, serviceAuthid } from './service-sessions.ts';
import { roleOn, SessionHost } from './session-host.ts';
import { type PreparedTransport, prepareTransport, type RunningTransport } from './transports.ts';

export interface WorkerPorts {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  /** Told of each step of each login of a client. Default: nobody is. */
  readonly trace?: LoginTrace;
  /** As `ListenPorts` has it. */
  readonly duplicate?: Duplicate;
}

/** Where a worker runs. */
export interface WorkerPlace {
  readonly node: string;
  /** The node directory, absolute: what relative paths are relative to. */
  readonly cbdir: string;
  /** null: one for this worker's life, at random. */
  readonly nodeKey: NodeKey | null;
}

/**
 * A router worker: the composition root. Here alone a configuration becomes objects; nothing below
 * reads it. Order of the start, as Crossbar's: realms, components (each awaited), transports.
 */
export class RouterWorker {
  readonly router = new Router();
  readonly #host: SessionHost;
  readonly #local: LocalPorts;
  readonly #services: ServiceSessions;
  readonly #realms: readonly CompiledRealm[];
  readonly #importModule: (specifier: string) => Promise<unknown>;
  readonly #components: ClientSession[] = [];
  readonly #transports: RunningTransport[] = [];
  readonly #cookies: CookieStores;

  readonly #histories: Histories;

  private constructor(config: RouterWorkerConfig, histories: Histories, place: WorkerPlace, ports: WorkerPorts) {
    const { clock, ids, log } = ports;
    const flusher = new Flusher();
    const { max_connections: maxConnections, max_outboxes_size: maxOutboxes } = config.options;
    const identity = { node: place.node, worker: config.id, pid: process.pid };
    this.#histories = histories;
    this.#importModule = moduleImporter(place.cbdir);
    const functions = new FunctionLoader<Ask>(this.#importModule, null, 'authorizer');
    const callerFor: CallerFor = (realm, role) => this.#services.callerFor(realm, role);
    this.#realms = config.realms.map((realm) => {
      const { id, name } = realm;
      const more = { history: histories.get(name) ?? null, serviceAuthid: serviceAuthid(config.id, id) };
      return compileRealm(realm, more, { clock, ids, log, callerFor, functions });
    });
    for (const { realm } of this.#realms) this.router.add(realm);
    const hostPorts = { router: this.router, clock, ids, flusher, log, identity, maxConnections, maxOutboxes };
    this.#host = new SessionHost({ ...hostPorts, ...traceOf(ports) });
    this.#local = { clock, flusher, log, pid: process.pid };
    this.#services = new ServiceSessions(this.#host, this.router, this.#local);
    this.#cookies = new CookieStores(place.cbdir, { clock, wallClock: Date.now, random: randomBytes, log });
  }

  /** @throws Error one sentence: what could not be started, and why. Nothing is left running then. */
  static async start(config: RouterWorkerConfig, place: WorkerPlace, ports: WorkerPorts): Promise<RouterWorker> {
    const histories = await openHistories(config.realms, place.cbdir, ports);
    const worker = new RouterWorker(config, histories, place, ports);
    try {
      await worker.#start(config, place, ports);
    } catch (error) {
      await worker.stop();
      throw error;
    }
    return worker;
  }

  /** Where clients reach it, one URL each. */
  get addresses(): readonly string[] {
    return this.#transports.flatMap((transport) => transport.addresses);
  }

  /** Ports that it listens on, in the order of its transports; null for Unix sockets. */
  get ports(): readonly (number | null)[] {
    return this.#transports.map((transport) => transport.port);
  }

  /** Sessions of clients that there are now, welcomed or not. */
  get sessions(): number {
    return this.#host.size;
  }

  /** Joins a realm from inside of the process. @throws RangeError where realm or role do not exist */
  async join(realmName: string, roleName: string, authid: string): Promise<ClientSession> {
    const realm = this.router.realm(realmName);
    if (realm === undefined) throw new RangeError(`no realm "${realmName}" exists on this router`);
    const role = roleOn(realm, roleName);
    if (role === undefined) throw new RangeError(`realm "${realmName}" has no role "${roleName}"`);
    return joinLocally(this.#host, { realm, role, authid }, this.#local);
  }

  /** Reads anew what may change while the worker runs: the files of TLS. */
  async reload(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.reload()));
  }

  /** Takes no more connections, says GOODBYE to all clients, waits for them (bounded), and ends everything. */
  async stop(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.stopListening()));
    await this.#host.close();
    await Promise.all(this.#transports.map((transport) => transport.close()));
    await Promise.all(this.#components.map((session) => session.closed));
    await closeHistories(this.#histories);
    await this.#cookies.close();
  }

  async #start(config: RouterWorkerConfig, place: WorkerPlace, ports: WorkerPorts): Promise<void> {
    const importModule = this.#importModule;
    for (const realm of this.#realms) await realm.load();
    const transports = await this.#prepareTransports(config, place, ports);
    const { router, ...rest } = { router: this.router, host: this.#host, client: this.#local, log: ports.log };
    for (const component of config.components) {
      this.#components.push(await startComponent(component, { router, ...rest, importModule }));
      ports.log.info('component started', { component: component.id, realm: component.realm, role: component.role });
    }
    for (const transport of transports) this.#transports.push(await transport.listen());
  }

  /** Before the components start, the procedures of authenticators are reserved for them (K27). */
  async #prepareTransports(
    config: RouterWorkerConfig,
    place: WorkerPlace,
    ports: WorkerPorts,
  ): Promise<readonly PreparedTransport[]> {
    const { clock, log } = ports;
    const nodeKey = place.nodeKey ?? new NodeKey(randomBytes(32));
    const authPorts: AuthPorts = {
      clock,
      random: randomReserve(),
      callerFor: (realm, role) => this.#services.callerFor(realm, role),
      wallClock: Date.now,
      keyDerivation: new KeyDerivation(),
      // Of the node's key, so that they stay the same when it is started again.
      decoys: new Decoys(nodeKey.derive('decoys')),
      nodeKey,
      callGates: new CallGates(LIMITS.authenticatorCalls, clock, log),
      functions: new FunctionLoader(this.#importModule),
      ...traceOf(ports),
    };
    const policies: AuthPolicy[] = [];
    const transports = config.transports.map((transport) =>
      prepareTransport(transport, {
        policyOf: (auth) => {
          const policy = new AuthPolicy(compileAuth(auth), authPorts, auth?.cookie !== undefined);
          policies.push(policy);
          return policy;
        },
        cookiesOf: (cookie, auth, log) => this.#cookies.jar(cookie, auth?.cookie !== undefined, log),
        door: (config) => this.#host.clients(config),
        clock,
        log,
        duplicate: ports.duplicate,
        cbdir: place.cbdir,
        node: place.node,
        worker: config.id,
        startedAt: new Date(),
      }),
    );
    await this.#cookies.open();
    for (const policy of policies) {
      for (const { realm, procedure, role } of policy.reservedProcedures()) this.#reserve(realm, procedure, role);
      await policy.load();
    }
    return transports;
  }

  #reserve(realmName: string | null, procedure: string, role: string | null): void {
    for (const realm of this.router.realms()) {
      if (realmName === null || realm.name === realmName) realm.reserved.reserve(procedure, role);
    }
  }
}

/** An option that may be left out, but not be undefined. */
function traceOf({ trace }: WorkerPorts): Pick<WorkerPorts, 'trace'> {
  return trace === undefined ? {} : { trace };
}
