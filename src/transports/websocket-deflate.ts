import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib';
import { FrameError } from './websocket-close.ts';

/** A sync flush ends with an empty stored block, which does not travel. [RFC 7692 7.2.1] */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const NOTHING = Buffer.alloc(0);

/** Bounds what runs at once: zlib works in a pool of few threads, and each job holds memory of its own. */
export class JobLimit {
  readonly #limit: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param limit how many jobs run at once; those that wait are one or two per connection */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `job` as soon as there is room, in order; it calls `release` once when it is over. */
  run(job: (release: () => void) => void): void {
    if (this.#running >= this.#limit) {
      this.#waiting.push(() => this.run(job));
      return;
    }
    this.#running += 1;
    job(() => {
      this.#running -= 1;
      this.#waiting.shift()?.();
    });
  }
}

interface Job {
  readonly limit: number;
  readonly chunks: Buffer[];
  size: number;
  readonly end: (failure: FrameError | null) => void;
}

export interface CodecOptions {
  /** The window is 2^n bytes; 9..15 (8 counts as 9). */
  readonly windowBits: number;
  /** 1..9 */
  readonly memoryLevel: number;
  /** Whether a message may refer to those before it; if not, zlib's memory is held during a message only. */
  readonly contextTakeover: boolean;
}

/** One direction of a connection's permessage-deflate: one message at a time. [RFC 7692 7.2] */
export class DeflateCodec {
  readonly #limit: JobLimit;
  readonly #create: () => DeflateRaw | InflateRaw;
  readonly #contextTakeover: boolean;
  readonly #inflates: boolean;
  #stream: DeflateRaw | InflateRaw | null = null;
  #job: Job | null = null;
  #destroyed = false;

  private constructor(
    create: () => DeflateRaw | InflateRaw,
    inflates: boolean,
    contextTakeover: boolean,
    limit: JobLimit,
  ) {
    this.#create = create;
    this.#inflates = inflates;
    this.#contextTakeover = contextTakeover;
    this.#limit = limit;
  }

  static deflater(options: CodecOptions, limit: JobLimit): DeflateCodec {
    const { windowBits, memoryLevel, contextTakeover } = options;
    return new DeflateCodec(
      () => createDeflateRaw({ windowBits, memLevel: memoryLevel }),
      false,
      contextTakeover,
      limit,
    );
  }

  static inflater(options: Omit<CodecOptions, 'memoryLevel'>, limit: JobLimit): DeflateCodec {
    // zlib deflates with 9 where it was told 8.
    const windowBits = Math.max(9, options.windowBits);
    return new DeflateCodec(() => createInflateRaw({ windowBits }), true, options.contextTakeover, limit);
  }

  /**
   * Deflates or inflates one message. `done` is called once, in a later turn, and never after `destroy`.
   * @param limit bytes of the result; work stops as soon as there are more (1009)
   */
  process(message: Buffer, limit: number, done: (failure: FrameError | null, result: Buffer) => void): void {
    this.#limit.run((release) => {
      if (this.#destroyed) {
        release();
        return;
      }
      const job: Job = {
        limit,
        chunks: [],
        size: 0,
        end: (failure) => {
          if (this.#job !== job) return;
          this.#job = null;
          if (failure !== null || !this.#contextTakeover) this.#drop();
          release();
          if (!this.#destroyed) done(failure, failure === null ? this.#result(job) : NOTHING);
        },
      };
      this.#job = job;
      const stream = this.#open();
      stream.write(message);
      if (this.#inflates) stream.write(TAIL);
      stream.flush(constants.Z_SYNC_FLUSH, () => job.end(null));
    });
  }

  /** Frees what zlib holds; a job under way ends without a word. */
  destroy(): void {
    this.#destroyed = true;
    this.#job?.end(null);
    this.#drop();
  }

  #open(): DeflateRaw | InflateRaw {
    // A message may end with zlib's end of stream, after which the window is gone. [RFC 7692 7.2.3.4]
    if (this.#stream?.readableEnded) this.#drop();
    if (this.#stream !== null) return this.#stream;
    const stream = this.#create();
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => {
      if (this.#stream === stream) this.#job?.end(new FrameError(1007, 'a compressed message is damaged'));
    });
    this.#stream = stream;
    return stream;
  }

  #take(chunk: Buffer): void {
    const job = this.#job;
    if (job === null) return;
    job.size += chunk.length;
    if (job.size > job.limit) job.end(new FrameError(1009, 'a message is too long'));
    else job.chunks.push(chunk);
  }

  #result(job: Job): Buffer {
    const size = this.#inflates ? job.size : job.size - TAIL.length;
    const [only] = job.chunks;
    if (job.chunks.length === 1 && only !== undefined) return only.subarray(0, size);
    return Buffer.concat(job.chunks, size);
  }

  #drop(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}
