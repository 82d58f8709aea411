import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A frame as it was on the wire. */
export interface WireFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Buffer;
}

/** A frame to be sent; absent: FIN set, no reserved bits, no payload, masked, in one write. */
export interface Step {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Octets per write. */
  readonly chop?: number;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

function lengthOctets(length: number): Buffer {
  if (length < 126) return Buffer.from([length]);
  const octets = Buffer.alloc(length < 65_536 ? 3 : 9);
  octets[0] = length < 65_536 ? 126 : 127;
  if (length < 65_536) octets.writeUInt16BE(length, 1);
  else octets.writeBigUInt64BE(BigInt(length), 1);
  return octets;
}

/** The octets of a frame. */
export function octetsOf({ opcode, payload = '', fin = true, rsv = 0, masked = true }: Step): Buffer {
  const body = Buffer.from(payload as Buffer);
  const lengths = lengthOctets(body.length);
  if (masked) {
    lengths[0]! |= 0x80;
    for (let at = 0; at < body.length; at += 1) body[at]! ^= MASK[at & 3]!;
  }
  return Buffer.concat(
    [Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), lengths, masked ? MASK : '', body].map(asBuffer),
  );
}

function asBuffer(bytes: Buffer | string): Buffer {
  return Buffer.from(bytes as Buffer);
}

/**
 * A WebSocket client that does what it is told, right or wrong, and shows every frame that comes. It
 * shares no code with what it tests.
 */
export class FrameClient {
  readonly socket: Socket;
  /** The answer to the handshake, up to the empty line. */
  response = '';
  readonly frames: WireFrame[] = [];
  /** Whether the server has ended its side, or everything. */
  ended = false;
  #buffer: Buffer = Buffer.alloc(0);
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.ended = true;
        this.#changed();
      });
    }
  }

  /** Connects and shakes hands; resolves when the answer is there, whatever it says. */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    behind = Buffer.alloc(0),
  ): Promise<FrameClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    const client = new FrameClient(socket);
    const all = {
      Host: `127.0.0.1:${port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(Buffer.concat([Buffer.from(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`), behind]));
    await client.until(() => client.response !== '' || client.ended);
    return client;
  }

  /** Sends frames; those without `chop` that follow one another in one write. */
  async send(...steps: readonly Step[]): Promise<void> {
    let together: Buffer[] = [];
    for (const step of steps) {
      const octets = octetsOf(step);
      if (step.chop === undefined) together.push(octets);
      else {
        this.socket.write(Buffer.concat(together));
        together = [];
        await this.sendOctets(octets, step.chop);
      }
    }
    if (together.length > 0) this.socket.write(Buffer.concat(together));
  }

  async sendOctets(octets: Buffer, chop: number): Promise<void> {
    for (let at = 0; at < octets.length && !this.ended; at += chop) {
      this.socket.write(octets.subarray(at, at + chop));
      await turn();
    }
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever something came. Rejects where the server ends before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.ended) throw new Error('the server ended the connection');
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async untilEnded(): Promise<void> {
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** The first close frame, or undefined. */
  get closeFrame(): WireFrame | undefined {
    return this.frames.find((frame) => frame.opcode === 8);
  }

  #take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (this.response === '') {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.response = this.#buffer.toString('latin1', 0, end);
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    for (let frame = this.#frame(); frame !== null; frame = this.#frame()) this.frames.push(frame);
    this.#changed();
  }

  #frame(): WireFrame | null {
    const bytes = this.#buffer;
    if (bytes.length < 2) return null;
    const short = bytes[1]! & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return null;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return null;
    this.#buffer = bytes.subarray(start + length);
    const first = bytes[0]!;
    return {
      opcode: first & 0x0f,
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      payload: bytes.subarray(start, start + length),
    };
  }
}
