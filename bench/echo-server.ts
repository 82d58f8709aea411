import { createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './bench-node.ts';

/** Of a frame; the handshake is as long. */
const HEADER = 4;
const NOTHING = Buffer.alloc(0);

/** Sends the handshake and each frame of RawSocket back as it came: all that a router has to do beside that is what routing costs. */
function echo(socket: Socket): void {
  let rest: Buffer = NOTHING;
  let isOpen = false;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const out = Buffer.allocUnsafe(bytes.length);
    let end = 0;
    while (bytes.length - end >= HEADER) {
      const size = isOpen ? HEADER + (bytes.readUInt32BE(end) & 0xffffff) : HEADER;
      if (end + size > bytes.length) break;
      isOpen = true;
      bytes.copy(out, end, end, end + size);
      end += size;
    }
    rest = end === bytes.length ? NOTHING : Buffer.from(bytes.subarray(end));
    if (end > 0) socket.write(out.subarray(0, end));
  });
}

/** Listens at a free port of the loopback. */
export function startEcho(): Promise<Server> {
  const server = createServer(echo);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK.interface, port: 0 }, () => resolve(server));
  });
}
