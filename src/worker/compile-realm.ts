import type { RealmConfig } from '../config/schema-realm.ts';
import { Realm, type RealmOptions, type RealmPorts } from '../router/realm.ts';
import type { CallQueue } from '../router/registrations.ts';
import type { StatsOptions } from '../router/session-stats.ts';
import { type AuthorizerPorts, compileAuthorizer } from './compile-authorizer.ts';

export interface CompiledRealm {
  readonly realm: Realm;
  /** Loads what authorizers need. To be awaited before anybody joins. @throws TypeError naming what cannot be loaded */
  load(): Promise<void>;
}

function compileStats(stats: RealmConfig['stats']): StatsOptions | null {
  if (stats === undefined) return null;
  return {
    ratedMessageSize: stats.rated_message_size,
    afterRatedMessages: stats.trigger_after_rated_messages,
    afterDuration: stats.trigger_after_duration * 1_000,
    onJoin: stats.trigger_on_join,
    onLeave: stats.trigger_on_leave,
  };
}

/** Crossbar lets every call wait as soon as there is a store; here too, unless it names those that may. */
function compileCallQueues(store: RealmConfig['store']): readonly CallQueue[] {
  if (store === undefined) return [];
  const queues = store['call-queue'] ?? [{ uri: '', match: 'prefix' as const }];
  return queues.map(({ uri, match, limit = store.limit }) => ({ uri, match, limit }));
}

/** The procedures of its authorizers are reserved from the first (K27). */
export function compileRealm(
  config: RealmConfig,
  more: Pick<RealmOptions, 'history' | 'serviceAuthid'>,
  ports: RealmPorts & AuthorizerPorts,
): CompiledRealm {
  const { name } = config;
  // Nobody is asked before there is somebody on the realm.
  const registrationOf = (procedure: string): number | null => realm.registrationOf(procedure);
  const compiled = config.roles.map((role) => ({
    name: role.name,
    ...(role.trustlevel !== undefined && { trustlevel: role.trustlevel }),
    ...compileAuthorizer(role, { name, registrationOf }, ports),
  }));
  const { uri_check: uriCheck, enable_meta_api: metaApi } = config.options;
  const stats = compileStats(config.stats);
  const callQueues = compileCallQueues(config.store);
  const realm = new Realm({ name, roles: compiled, uriCheck, metaApi, stats, callQueues, ...more }, ports);
  for (const { reserved } of compiled) {
    if (reserved !== null) realm.reserved.reserve(reserved.procedure, reserved.role);
  }
  return {
    realm,
    async load() {
      for (const { load } of compiled) await load?.();
    },
  };
}
