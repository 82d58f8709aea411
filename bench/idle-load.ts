import { REALM } from './bench-node.ts';
import { Conversation, unexpected } from './conversation.ts';
import type { Link, LinkHandler } from './link.ts';
import { forEachOf, type Load, type LoadPorts, shareOf } from './load.ts';
import { addressFor } from './open-link.ts';
import type { IdleScenario } from './scenario.ts';

/** One for so many is there before: so that what a router's first sessions alone take is not counted. */
const BEFORE = 10;

/** Says nothing, and expects nothing. */
class Idler implements LinkHandler {
  readonly #link: Link;
  readonly #fail: (reason: string) => void;

  constructor(link: Link, fail: (reason: string) => void) {
    this.#link = link;
    this.#fail = fail;
  }

  message(bytes: Buffer, start: number, end: number): void {
    throw unexpected(this.#link, bytes, start, end);
  }

  ended(reason: string): void {
    this.#fail(reason);
  }
}

/** Sessions that do nothing but be there. */
export class IdleLoad implements Load {
  readonly #scenario: IdleScenario;
  readonly #ports: LoadPorts;
  routerPid: number | null = null;

  constructor(scenario: IdleScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  prepare(): Promise<void> {
    return this.#join(this.#scenario.sessions / BEFORE);
  }

  start(): Promise<void> {
    return this.#join(this.#scenario.sessions);
  }

  received(): void {}

  async #join(sessions: number): Promise<void> {
    const { doors, serializer } = this.#scenario;
    const { share, urls, fail, meter } = this.#ports;
    await forEachOf(shareOf(sessions, share).length, async () => {
      const { link, routerPid } = await Conversation.join(addressFor(urls, doors[0]), serializer, { realm: REALM });
      link.handler = new Idler(link, fail);
      this.routerPid = routerPid;
      meter.operations += 1;
    });
  }
}

/** Connections that a router holds at the end of it, its own files included. */
export function connectionsOf({ sessions }: IdleScenario): number {
  return sessions + sessions / BEFORE + 100;
}
