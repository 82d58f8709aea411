import { Socket } from 'node:net';

const V4_MAPPED = '::ffff:';

/**
 * Who is on the other side, as `TransportDetails.peer` has it: `tcp4:<ip>:<port>`, `tcp6:<ip>:<port>`,
 * `unix:<path>` (`path` is known on the connecting side only), `unix`, or `unknown` where the peer was
 * gone before anybody asked. IPv4 peers of a dual-stack socket (`::ffff:1.2.3.4`) are `tcp4`, unlike
 * Crossbar's, so that one client has one name whatever socket it came through.
 */
export function peerName(socket: Socket, path: string | null = null): string {
  const { remoteAddress: address, remotePort: port } = socket;
  if (address !== undefined) return tcpName(address, port);
  if (path !== null) return `unix:${path}`;
  // A TCP connection that was reset still has a local address; a unix socket never has one.
  return socket.destroyed || socket.localAddress !== undefined ? 'unknown' : 'unix';
}

/** The near side of a connection in the same form; null where it has no address. */
export function ownName(socket: unknown): string | null {
  if (!(socket instanceof Socket) || socket.localAddress === undefined) return null;
  return tcpName(socket.localAddress, socket.localPort);
}

function tcpName(address: string, port: number | undefined): string {
  if (address.toLowerCase().startsWith(V4_MAPPED) && address.includes('.')) {
    return `tcp4:${address.slice(V4_MAPPED.length)}:${port}`;
  }
  return `${address.includes(':') ? 'tcp6' : 'tcp4'}:${address}:${port}`;
}

/** The address of the other side; null where there is none, as of a Unix socket. IPv4 is written as such, whatever socket it came through. */
export function remoteAddress({ remoteAddress: address }: Socket): string | null {
  if (address === undefined) return null;
  const isMapped = address.toLowerCase().startsWith(V4_MAPPED) && address.includes('.');
  return isMapped ? address.slice(V4_MAPPED.length) : address;
}
