/** Keys that are accepted and change nothing here: said, so that nobody waits for their effect. */
import { type Finding, warningAt } from './finding.ts';
import {
  type AuthOutline,
  type Entrance,
  type Item,
  itemAt,
  itemsIn,
  membersOf,
  type TransportOutline,
  textOf,
  type WorkerOutline,
} from './outline.ts';

/** Key and reason; switches count only where they are on. */
type Effectless = readonly (readonly [key: string, reason: string])[];

const OF_WORKERS: Effectless = [
  ['python', 'this is no Python'],
  ['pythonpath', 'this is no Python'],
  ['cpu_affinity', 'processes are not bound to processors'],
];
const OF_REALMS: Effectless = [['event_dispatching_chunk_size', 'events are written in batches']];
const OF_SILENT_REALMS: Effectless = [['stats', '"enable_meta_api" is false']];
const OF_PERMISSIONS: Effectless = [['cache', 'no static permission is remembered, they cost too little for that']];
const OF_ENDPOINTS: Effectless = [
  ['shared', 'each port belongs to one transport'],
  ['user_timeout', 'keep-alive of TCP finds peers that vanished'],
];
const OF_WEB: Effectless = [['display_tracebacks', 'errors are logged and never shown']];
const OF_ENTRANCES: Effectless = [['debug', 'the log level is a matter of the command line']];
const OF_OPTIONS: Effectless = [
  ['flash_policy', 'Flash has gone from browsers'],
  ['debug', 'the log level is a matter of the command line'],
];
const OF_PROXIES: Effectless = [
  ['role', 'the proxy names the role of its client'],
  ['realm', 'the proxy names the realm of its client'],
];
const OF_COOKIES: Effectless = [
  ['authenticator', 'a cookie stands for a former login, and nobody is asked again'],
  ['create', 'a cookie stands for a former login, and nobody is asked again'],
];
const OF_ANONYMOUS: Effectless = [['realm', 'clients join the realm that they ask for, as in Crossbar']];

export function checkEffects(worker: WorkerOutline): Finding[] {
  return [
    ...effectless(itemAt(worker, 'options'), OF_WORKERS),
    ...worker.realms.flatMap(ofRealm),
    ...ofPermissions(worker),
    ...worker.transports.flatMap(ofTransport),
    ...worker.transports.flatMap(({ entrances }) => entrances.flatMap(ofEntrance)),
  ];
}

function ofRealm(realm: Item): Finding[] {
  const options = itemAt(realm, 'options');
  const silent = options?.fields['enable_meta_api'] === false;
  return [...effectless(options, OF_REALMS), ...(silent ? effectless(realm, OF_SILENT_REALMS) : [])];
}

/** Said once: in the configurations that come from Crossbar it stands in each permission. */
function ofPermissions({ realms }: WorkerOutline): Finding[] {
  const permissions = realms.flatMap(({ roles }) => roles.flatMap((role) => itemsIn(role, 'permissions')));
  return permissions.flatMap((permission) => effectless(permission, OF_PERMISSIONS)).slice(0, 1);
}

function ofTransport(transport: TransportOutline): Finding[] {
  const options = transport.web === null ? null : itemAt(transport.web, 'options');
  return [...effectless(transport.endpoint, OF_ENDPOINTS), ...effectless(options, OF_WEB)];
}

function ofEntrance(entrance: Entrance): Finding[] {
  const anonymous = entrance.methods.filter(
    (entry) => entry.method === 'anonymous' && textOf(entry, 'type') === 'static',
  );
  return [
    ...effectless(entrance, OF_ENTRANCES),
    ...effectless(itemAt(entrance, 'options'), OF_OPTIONS),
    ...anonymous.flatMap((entry) => effectless(entry, OF_ANONYMOUS)),
    ...entrance.methods.filter(({ method }) => method === 'cookie').flatMap((entry) => effectless(entry, OF_COOKIES)),
    ...entrance.methods.flatMap(ofProxies),
  ];
}

function ofProxies(entry: AuthOutline): Finding[] {
  const principals = entry.method === 'cryptosign-proxy' ? itemAt(entry, 'principals') : null;
  return principals === null ? [] : membersOf(principals).flatMap((principal) => effectless(principal, OF_PROXIES));
}

function effectless(item: Item | null, keys: Effectless): Finding[] {
  if (item === null) return [];
  return keys.flatMap(([key, reason]) => {
    const value = item.fields[key];
    if (value === undefined || value === false) return [];
    return [{ ...warningAt([...item.path, key], `has no effect here: ${reason}`), atKey: true }];
  });
}
