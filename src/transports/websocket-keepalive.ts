import type { Clock, Timer } from '../wamp/clock.ts';

/** Times are milliseconds. */
export interface KeepaliveSettings {
  /** 0: no pings. */
  readonly autoPingInterval: number;
  /** 0: a missing pong has no consequence. */
  readonly autoPingTimeout: number;
  readonly autoPingSize: number;
  readonly autoPingRestartOnAnyTraffic: boolean;
}

export interface KeepalivePorts {
  readonly ping: (payload: Buffer) => void;
  /** The peer has not answered. */
  readonly drop: () => void;
}

/** Finds out that a peer is gone where the network does not say so. Crossbar: `auto_ping_*`. */
export class Keepalive {
  readonly #settings: KeepaliveSettings;
  readonly #clock: Clock;
  readonly #ports: KeepalivePorts;
  #timer: Timer | null = null;
  #awaited: Buffer | null = null;
  #traffic = false;
  #count = 0;

  constructor(settings: KeepaliveSettings, clock: Clock, ports: KeepalivePorts) {
    this.#settings = settings;
    this.#clock = clock;
    this.#ports = ports;
  }

  start(): void {
    if (this.#settings.autoPingInterval === 0) return;
    this.#timer = this.#clock.setTimer(() => this.#pingIsDue(), this.#settings.autoPingInterval);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Something came: cheap, for each read. */
  received(): void {
    this.#traffic = true;
  }

  pong(bytes: Buffer, start: number, end: number): void {
    if (this.#awaited === null || bytes.compare(this.#awaited, 0, this.#awaited.length, start, end) !== 0) return;
    this.#awaited = null;
    // Without a timeout the next ping is on its way already.
    if (this.#settings.autoPingTimeout > 0) this.#restart();
  }

  #restart(): void {
    this.stop();
    this.start();
  }

  /** Whether traffic has made a ping, or the answer to one, needless. */
  #heard(): boolean {
    const heard = this.#traffic && this.#settings.autoPingRestartOnAnyTraffic;
    this.#traffic = false;
    return heard;
  }

  #pingIsDue(): void {
    if (this.#heard()) {
      this.start();
      return;
    }
    const { autoPingSize, autoPingTimeout } = this.#settings;
    this.#count += 1;
    const payload = Buffer.alloc(autoPingSize);
    payload.writeUInt32BE(this.#count % 2 ** 32, 0);
    this.#awaited = payload;
    this.#ports.ping(payload);
    if (autoPingTimeout === 0) this.start();
    else this.#timer = this.#clock.setTimer(() => this.#pongIsOverdue(), autoPingTimeout);
  }

  #pongIsOverdue(): void {
    if (this.#heard()) {
      this.#awaited = null;
      this.start();
    } else this.#ports.drop();
  }
}
