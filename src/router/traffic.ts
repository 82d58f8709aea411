/** Bytes of a rated message where no `stats` of a realm say otherwise. Crossbar: `RATED_MESSAGE_SIZE`. */
const RATED_SIZE = 512;

/** What goes in and out of one session, counted in its hottest path. `SessionStats` says when that is told. */
export class Traffic {
  bytes = 0;
  messages = 0;
  /** A message counts once for each `ratedSize` bytes that it has, begun ones included. */
  rated = 0;
  ratedSize = RATED_SIZE;
  /** Told after each message, where somebody wants to know. */
  onCount: (() => void) | null = null;

  count(size: number): void {
    this.bytes += size;
    this.messages++;
    this.rated += size <= this.ratedSize ? 1 : Math.ceil(size / this.ratedSize);
    if (this.onCount !== null) this.onCount();
  }

  /** Begins to count anew. */
  reset(): void {
    this.bytes = 0;
    this.messages = 0;
    this.rated = 0;
  }
}
