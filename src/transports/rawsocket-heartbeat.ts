import type { Clock, Timer } from '../wamp/clock.ts';

export interface HeartbeatPorts {
  readonly clock: Clock;
  /** Milliseconds from one PING to the next. */
  readonly interval: number;
  /** How long a PING may go without anything heard since, in milliseconds. */
  readonly timeout: number;
  readonly ping: () => void;
  /** The peer is dead; called once. */
  readonly dead: () => void;
}

/** Sends PINGs and waits for signs of life. Anything received is one, not only the PONG. */
export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  #next: Timer;
  #deadline: Timer | null = null;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
    this.#next = ports.clock.setTimer(this.#beat, ports.interval);
  }

  heard(): void {
    this.#deadline?.cancel();
    this.#deadline = null;
  }

  stop(): void {
    this.#next.cancel();
    this.heard();
  }

  readonly #beat = (): void => {
    const { clock, interval, timeout } = this.#ports;
    this.#next = clock.setTimer(this.#beat, interval);
    this.#deadline ??= clock.setTimer(() => {
      this.stop();
      this.#ports.dead();
    }, timeout);
    this.#ports.ping();
  };
}
