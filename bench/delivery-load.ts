import { forEachOf, type Load, type LoadPorts, shareOf } from './load.ts';

/** Of so many subscribers, the latency of one is recorded: of all, it would cost more than receiving. */
const SAMPLED = 8;

/** How many go where, at a time. */
export interface DeliveryShape {
  readonly subscribers: number;
  readonly inFlight: number;
}

/** Told of what a subscriber has received: how many by now, and when the last was read. */
export type OnDelivery = (count: number, now: number) => void;

/** What a publisher does. */
export interface Publishing {
  /** Publishes, at the end of this turn. @param publication its number, from 1 on */
  readonly publish: (publication: number) => void;
  /** The process of the router, as it says itself; null where it does not. */
  readonly routerPid: number | null;
}

/** Who publishes and who receives, whatever they speak. */
export interface DeliveryEnds {
  /** Whether publications go out all together, when all before have been received; else each as soon as it may. */
  readonly together: boolean;
  /** Connects a subscriber. What comes to it is in the order of the publications, and nothing is left out. */
  subscribe(onDelivery: OnDelivery): Promise<void>;
  /** Connects the publisher. */
  publisher(): Promise<Publishing>;
}

/** Publishes when few enough publications are on their way. */
class Pace {
  readonly #publish: Publishing['publish'];
  readonly #subscribers: number;
  /** As long as no more are outstanding, one more may be published. */
  readonly #limit: number;
  /** As soon as no more are outstanding, it begins. */
  readonly #beginAt: number;
  /** When a publication was sent, by its number modulo the length. */
  readonly #sentAt: Float64Array;
  #published = 0;
  #outstanding = 0;

  constructor(publish: Publishing['publish'], { subscribers, inFlight }: DeliveryShape, together: boolean) {
    this.#publish = publish;
    this.#subscribers = subscribers;
    this.#limit = (inFlight - 1) * subscribers;
    this.#beginAt = together ? 0 : this.#limit;
    this.#sentAt = new Float64Array(16 * inFlight);
  }

  /** Publishes what may be published now. */
  go(now: number): void {
    while (this.#outstanding <= this.#limit) {
      this.#published += 1;
      this.#sentAt[this.#published % this.#sentAt.length] = now;
      this.#publish(this.#published);
      this.#outstanding += this.#subscribers;
    }
  }

  received(count: number, now: number): void {
    this.#outstanding -= count;
    if (this.#outstanding <= this.#beginAt) this.go(now);
  }

  /** When the publication of that number was sent. */
  sentAt(publication: number): number {
    return this.#sentAt[publication % this.#sentAt.length] as number;
  }
}

/** One publisher, in the first process, and many subscribers, in all of them. */
export class DeliveryLoad implements Load {
  readonly #shape: DeliveryShape;
  readonly #ports: LoadPorts;
  readonly #ends: DeliveryEnds;
  #pace: Pace | null = null;
  /** Deliveries to tell the process with the publisher of, at the end of this turn. */
  #untold = 0;
  routerPid: number | null = null;

  constructor(shape: DeliveryShape, ports: LoadPorts, ends: DeliveryEnds) {
    this.#shape = shape;
    this.#ports = ports;
    this.#ends = ends;
  }

  async prepare(): Promise<void> {
    const mine = shareOf(this.#shape.subscribers, this.#ports.share);
    await forEachOf(mine.length, (index) => this.#ends.subscribe(this.#onDelivery(index % SAMPLED === 0)));
  }

  async start(): Promise<void> {
    if (this.#ports.share.index > 0) return;
    const { publish, routerPid } = await this.#ends.publisher();
    this.routerPid = routerPid;
    this.#pace = new Pace(publish, this.#shape, this.#ends.together);
    this.#pace.go(performance.now());
  }

  received(count: number): void {
    this.#pace?.received(count, performance.now());
  }

  #onDelivery(sampled: boolean): OnDelivery {
    const { meter } = this.#ports;
    return (count, now) => {
      meter.operations += 1;
      const pace = this.#pace;
      if (pace === null) {
        this.#tell();
        return;
      }
      if (sampled) meter.latencies.record((now - pace.sentAt(count)) * 1_000);
      pace.received(1, now);
    };
  }

  #tell(): void {
    this.#untold += 1;
    if (this.#untold > 1) return;
    setImmediate(() => {
      this.#ports.tellReceived({ type: 'received', count: this.#untold });
      this.#untold = 0;
    });
  }
}
