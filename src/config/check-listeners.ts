/** Endpoints: nothing listens twice in one place, and what is open to the network is meant to be. */
import { posix } from 'node:path';
import { errorAt, type Finding, warningAt } from './finding.ts';
import { type Item, type TransportOutline, textOf, type WorkerOutline } from './outline.ts';
import { formatPath } from './problem.ts';

/** A place of TCP. `0.0.0.0` and `::` stand for all interfaces. */
interface TcpPlace {
  readonly address: string;
  /** First and last port. */
  readonly ports: readonly [number, number];
}

interface Listening {
  readonly transport: TransportOutline;
  readonly endpoint: Item;
  /** The normalized path of a Unix socket; null where it cannot be told. */
  readonly place: TcpPlace | string | null;
}

const ANY_V4 = '0.0.0.0';
const ANY_V6 = '::';

/** Over all workers: they are processes of one machine. */
export function checkListeners(workers: readonly WorkerOutline[]): Finding[] {
  const listening = workers.flatMap(({ transports }) => transports.flatMap(listeningOf));
  return listening.flatMap((one, index) => {
    const other = listening.slice(0, index).find(({ place }) => collide(place, one.place));
    return [...checkPorts(one.endpoint), ...(other === undefined ? [] : [clash(one, other)]), ...checkExposure(one)];
  });
}

function listeningOf(transport: TransportOutline): Listening[] {
  const { endpoint } = transport;
  if (endpoint === null) return [];
  const path = textOf(endpoint, 'path');
  if (textOf(endpoint, 'type') === 'unix') {
    return [{ transport, endpoint, place: path === null ? null : posix.normalize(path) }];
  }
  if (textOf(endpoint, 'type') !== 'tcp') return [];
  const ports = portsOf(endpoint);
  return [{ transport, endpoint, place: ports === null ? null : { address: addressOf(endpoint), ports } }];
}

function portsOf({ fields: { port, portrange } }: Item): readonly [number, number] | null {
  if (typeof port === 'number') return [port, port];
  if (!Array.isArray(portrange)) return null;
  const [from, to]: unknown[] = portrange;
  return typeof from === 'number' && typeof to === 'number' ? [from, to] : null;
}

function addressOf(endpoint: Item): string {
  const name = (textOf(endpoint, 'interface') ?? '').trim().toLowerCase();
  const sixth = endpoint.fields['version'] === 6;
  if (name === '') return sixth ? ANY_V6 : ANY_V4;
  if (name === 'localhost') return sixth ? '::1' : '127.0.0.1';
  return name;
}

function collide(one: Listening['place'], other: Listening['place']): boolean {
  if (one === null || other === null) return false;
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  const [from, to] = one.ports;
  const [otherFrom, otherTo] = other.ports;
  // Port 0 is whichever is free.
  if (to === 0 || otherTo === 0 || to < otherFrom || otherTo < from) return false;
  return overlap(one.address, other.address);
}

function overlap(one: string, other: string): boolean {
  // `::` takes the addresses of IPv4 too.
  if (one === other || one === ANY_V6 || other === ANY_V6) return true;
  return (one === ANY_V4 && !other.includes(':')) || (other === ANY_V4 && !one.includes(':'));
}

function clash({ endpoint, place }: Listening, { transport }: Listening): Finding {
  const taken = `is taken by ${formatPath(transport.path)}`;
  if (place === null || typeof place === 'string') return errorAt([...endpoint.path, 'path'], `this socket ${taken}`);
  const [from, to] = place.ports;
  const shared = endpoint.fields['shared'] === true ? '; sharing a port between transports is not supported yet' : '';
  if (from === to) return errorAt([...endpoint.path, 'port'], `the port ${from} ${taken}${shared}`);
  return errorAt([...endpoint.path, 'portrange'], `a port of ${from} to ${to} ${taken}${shared}`);
}

function checkPorts(endpoint: Item): Finding[] {
  const { port, portrange } = endpoint.fields;
  if (textOf(endpoint, 'type') !== 'tcp') return [];
  if (port === undefined && portrange === undefined) {
    return [errorAt(endpoint.path, 'expected "port" or "portrange", got neither')];
  }
  if (port !== undefined && portrange !== undefined) {
    return [errorAt(endpoint.path, 'expected either "port" or "portrange", got both')];
  }
  const [from, to] = portsOf(endpoint) ?? [0, 0];
  const path = [...endpoint.path, 'portrange'];
  return from <= to ? [] : [errorAt(path, `expected the first port not to be above the last, got ${from} and ${to}`)];
}

function checkExposure({ transport: { entrances }, endpoint, place }: Listening): Finding[] {
  if (place === null || typeof place === 'string' || entrances.length === 0) return [];
  if ((place.address !== ANY_V4 && place.address !== ANY_V6) || endpoint.fields['tls'] !== undefined) return [];
  const open = entrances.some((entrance) => entrance.open) ? ' and lets everybody in' : '';
  const message = `listens on all interfaces without TLS${open}: set "interface" to "127.0.0.1" if it is for this machine only, else "tls"`;
  return [warningAt(endpoint.path, message)];
}
