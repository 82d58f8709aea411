/**
 * What the cross checks need to know of a configuration, read from its values as they stand: what
 * has not the right type is left out, and the rest is checked all the same, so that one run tells
 * all problems of a file.
 */
import type { Path } from './problem.ts';

/** An object of the file, and where it stands. */
export interface Item {
  readonly path: Path;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface WorkerOutline extends Item {
  readonly realms: readonly RealmOutline[];
  readonly transports: readonly TransportOutline[];
  readonly components: readonly Item[];
}

export interface RealmOutline extends Item {
  readonly roles: readonly Item[];
}

export interface TransportOutline extends Item {
  readonly endpoint: Item | null;
  /** What has the options and paths of HTTP, or null. */
  readonly web: Item | null;
  /** Path services, nested ones included. */
  readonly services: readonly Item[];
  readonly entrances: readonly Entrance[];
}

/** Where WAMP clients come in: a RawSocket or WebSocket transport or part of a universal one, or a path service of type `websocket` or `longpoll`. */
export interface Entrance extends Item {
  /** Whether there is no `auth`, or an empty one: then everybody is let in. */
  readonly open: boolean;
  /** Entries of `auth` by authmethod. */
  readonly methods: readonly AuthOutline[];
}

export interface AuthOutline extends Item {
  readonly method: string;
}

/** The workers of the top-level value of a file. */
export function outlineOf(value: unknown): readonly WorkerOutline[] {
  return isFields(value) ? itemsIn({ path: [], fields: value }, 'workers').map(workerOutline) : [];
}

/** A field that is a string. */
export function textOf({ fields }: Item, key: string): string | null {
  const value = fields[key];
  return typeof value === 'string' ? value : null;
}

/** A field that is an object. */
export function itemAt({ path, fields }: Item, key: string): Item | null {
  const value = fields[key];
  return isFields(value) ? { path: [...path, key], fields: value } : null;
}

/** The objects among the values of an object. */
export function membersOf(item: Item): readonly Item[] {
  return Object.keys(item.fields).flatMap((key) => itemAt(item, key) ?? []);
}

function workerOutline(worker: Item): WorkerOutline {
  const type = textOf(worker, 'type');
  if (type === 'websocket-testee') {
    const transport = itemAt(worker, 'transport');
    // An echo: nobody logs in there.
    const transports = transport === null ? [] : [{ ...transportOutline(transport), entrances: [] }];
    return { ...worker, realms: [], transports, components: [] };
  }
  if (type !== 'router') return { ...worker, realms: [], transports: [], components: [] };
  return {
    ...worker,
    realms: itemsIn(worker, 'realms').map((realm) => ({ ...realm, roles: itemsIn(realm, 'roles') })),
    transports: itemsIn(worker, 'transports').map(transportOutline),
    components: itemsIn(worker, 'components').filter((component) => textOf(component, 'type') === 'module'),
  };
}

function transportOutline(transport: Item): TransportOutline {
  const web = webOf(transport);
  const services = web === null ? [] : servicesOf(web);
  return {
    ...transport,
    endpoint: itemAt(transport, 'endpoint'),
    web,
    services,
    entrances: [...listenersOf(transport), ...services.filter(isEntrance)].map(entranceOf),
  };
}

/** What has paths of HTTP: a web transport, or that part of a universal one. */
function webOf(transport: Item): Item | null {
  const type = textOf(transport, 'type');
  if (type === 'web') return transport;
  return type === 'universal' ? itemAt(transport, 'web') : null;
}

/** Where WAMP clients come in, but for path services. */
function listenersOf(transport: Item): readonly Item[] {
  const type = textOf(transport, 'type');
  if (type === 'websocket' || type === 'rawsocket') return [transport];
  if (type !== 'universal') return [];
  const rawSocket = itemAt(transport, 'rawsocket');
  const webSockets = itemAt(transport, 'websocket');
  return [...(rawSocket === null ? [] : [rawSocket]), ...(webSockets === null ? [] : membersOf(webSockets))];
}

function isEntrance(service: Item): boolean {
  const type = textOf(service, 'type');
  return type === 'websocket' || type === 'longpoll';
}

function servicesOf(owner: Item): Item[] {
  const paths = itemAt(owner, 'paths');
  if (paths === null) return [];
  return membersOf(paths).flatMap((service) => {
    return textOf(service, 'type') === 'path' ? [service, ...servicesOf(service)] : [service];
  });
}

function entranceOf(item: Item): Entrance {
  const auth = itemAt(item, 'auth');
  const open = item.fields['auth'] === undefined || (auth !== null && Object.keys(auth.fields).length === 0);
  const methods =
    auth === null ? [] : membersOf(auth).map((entry) => ({ ...entry, method: String(entry.path.at(-1)) }));
  return { ...item, open, methods };
}

/** The objects of a list. */
export function itemsIn({ path, fields }: Item, key: string): Item[] {
  const list = fields[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown, index) =>
    isFields(value) ? [{ path: [...path, key, index], fields: value }] : [],
  );
}

function isFields(value: unknown): value is Item['fields'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
