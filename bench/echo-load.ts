import { FLOOR_SERIALIZER, frameSender } from './floor-link.ts';
import type { Link, LinkHandler } from './link.ts';
import { forEachOf, type Load, type LoadPorts, shareOf } from './load.ts';
import { addressFor, openLink } from './open-link.ts';
import type { EchoScenario } from './scenario.ts';

/** Keeps some frames on their way to an echo and back. */
class Echoed implements LinkHandler {
  readonly #ports: LoadPorts;
  readonly #send: () => void;

  constructor(link: Link, size: number, ports: LoadPorts) {
    this.#ports = ports;
    this.#send = frameSender(link, size);
  }

  begin(inFlight: number): void {
    for (let frame = 0; frame < inFlight; frame++) this.#send();
  }

  message(): void {
    this.#ports.meter.operations += 1;
    this.#send();
  }

  ended(reason: string): void {
    this.#ports.fail(reason);
  }
}

/** Connections to an echo: of a router's work, what is left when nothing is routed. */
export class EchoLoad implements Load {
  readonly #scenario: EchoScenario;
  readonly #ports: LoadPorts;
  readonly routerPid = null;

  constructor(scenario: EchoScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  async prepare(): Promise<void> {}

  async start(): Promise<void> {
    const { connections, doors, size, inFlight } = this.#scenario;
    const address = addressFor(this.#ports.urls, doors[0]);
    const all = await forEachOf(shareOf(connections, this.#ports.share).length, () =>
      openLink(address, FLOOR_SERIALIZER, (link) => new Echoed(link, size, this.#ports)),
    );
    for (const echoed of all) echoed.begin(inFlight);
  }

  received(): void {}
}
