import type { DeliveryEnds, OnDelivery, Publishing } from './delivery-load.ts';
import { type FloorRole, frameSender, joinFloor } from './floor-link.ts';
import type { Link } from './link.ts';
import type { LoadPorts } from './load.ts';
import { addressFor } from './open-link.ts';
import type { FanOutScenario } from './scenario.ts';

/** Connections that know nothing but frames: what a publisher sends comes to all subscribers. */
export class FanOutEnds implements DeliveryEnds {
  /** Else what the floor finds to send at a time, and so what it costs, would depend on how fast the load is. */
  readonly together = true;
  readonly #scenario: FanOutScenario;
  readonly #ports: LoadPorts;

  constructor(scenario: FanOutScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  async subscribe(onDelivery: OnDelivery): Promise<void> {
    const link = await this.#join('s');
    let count = 0;
    const message = (): void => {
      count += 1;
      onDelivery(count, link.readAt);
    };
    link.handler = { message, ended: this.#ports.fail };
  }

  async publisher(): Promise<Publishing> {
    const link = await this.#join('p');
    const message = (): void => {
      throw new Error('a frame came to the publisher');
    };
    link.handler = { message, ended: this.#ports.fail };
    return { publish: frameSender(link, this.#scenario.size), routerPid: null };
  }

  #join(role: FloorRole): Promise<Link> {
    return joinFloor(addressFor(this.#ports.urls, this.#scenario.doors[0]), role);
  }
}
