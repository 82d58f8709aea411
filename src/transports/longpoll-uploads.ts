/** Bodies of one transport on their way at a time: a client sends a few in parallel, not hundreds. */
const MOST_AT_A_TIME = 64;

/** What became of an upload: delivered, or not because the connection was over. */
export type UploadOutcome = 'delivered' | 'late';

/** The body of one `/send` on its way. */
export class Upload {
  readonly chunks: Buffer[] = [];
  length = 0;
  /** Set when it is whole: tells the sender what became of it. */
  done: ((outcome: UploadOutcome) => void) | null = null;
}

export interface UploadPorts {
  /** Bytes that may be on their way now, of all bodies together. */
  readonly limit: () => number;
  /** Takes a whole body; false where nothing more is taken. */
  readonly deliver: (bytes: Buffer) => boolean;
}

/**
 * Bodies that arrive in parallel: browsers send over several connections. They are delivered in the order in which
 * they began, for that is the order in which the client sent them.
 */
export class Uploads {
  readonly #ports: UploadPorts;
  #queue: Upload[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  /** Whether nothing more is taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes that may still come. */
  get limit(): number {
    return this.#ports.limit() - this.#bytes;
  }

  /** @returns null where too many are on their way */
  begin(): Upload | null {
    if (this.#queue.length >= MOST_AT_A_TIME) return null;
    const upload = new Upload();
    this.#queue.push(upload);
    return upload;
  }

  /** @returns false where that is more than may be on its way: the upload is dropped then */
  add(upload: Upload, chunk: Buffer): boolean {
    if (this.#ended) return true;
    if (chunk.length > this.limit) {
      this.drop(upload);
      return false;
    }
    upload.chunks.push(chunk);
    upload.length += chunk.length;
    this.#bytes += chunk.length;
    return true;
  }

  /** It is whole. `done` is told when it has been delivered: later, where others are before it. */
  complete(upload: Upload, done: (outcome: UploadOutcome) => void): void {
    upload.done = done;
    if (this.#ended) done('late');
    else this.#drain();
  }

  /** It will never be whole. Nothing to an upload that is. */
  drop(upload: Upload): void {
    const at = this.#queue.indexOf(upload);
    if (at < 0 || upload.done !== null) return;
    this.#queue.splice(at, 1);
    this.#bytes -= upload.length;
    this.#drain();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#drain();
  }

  /** Takes nothing more, and lets go of what has come. */
  end(): void {
    this.#ended = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const { done } of queue) done?.('late');
  }

  #drain(): void {
    for (;;) {
      const first = this.#queue[0];
      if (first === undefined || first.done === null || this.#paused) return;
      this.#queue.shift();
      this.#bytes -= first.length;
      const [only] = first.chunks;
      const bytes = first.chunks.length === 1 && only !== undefined ? only : Buffer.concat(first.chunks);
      first.done(this.#ports.deliver(bytes) ? 'delivered' : 'late');
    }
  }
}
