import { createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './bench-node.ts';

const HEADER = 4;
const NOTHING = Buffer.alloc(0);

/** Sends each RawSocket frame back as it came: all that a router has to do beside that is what routing costs. */
function echo(socket: Socket): void {
  let rest: Buffer = NOTHING;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const out = Buffer.allocUnsafe(bytes.length);
    let end = 0;
    while (bytes.length - end >= HEADER) {
      const size = HEADER + (bytes.readUInt32BE(end) & 0xffffff);
      if (end + size > bytes.length) break;
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
