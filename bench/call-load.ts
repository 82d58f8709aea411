import { Msg } from '../src/wamp/messages.ts';
import { REALM, URI_PREFIX } from './bench-node.ts';
import { Callee } from './callee.ts';
import { Conversation, unexpected } from './conversation.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import { forEachOf, type Load, type LoadPorts, shareOf } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { addressFor } from './open-link.ts';
import type { CallScenario } from './scenarios.ts';

/** Keeps some calls of one procedure in flight. */
class Caller implements LinkHandler {
  readonly #link: Link;
  readonly #ports: LoadPorts;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  readonly #call: FrameTemplate;
  /** When a call was sent, by request id modulo its length: longer than calls can overtake one another. */
  readonly #sentAt: Float64Array;
  #lastRequest = 0;

  constructor(link: Link, procedure: string, scenario: CallScenario, ports: LoadPorts) {
    this.#link = link;
    this.#ports = ports;
    this.#readHead = headReader(link.serializer.id);
    this.#sentAt = new Float64Array(16 * scenario.inFlight);
    const args = ['x'.repeat(scenario.size)];
    this.#call = new FrameTemplate(link, Msg.CALL, (id) =>
      encodeMessage(link.serializer, Msg.CALL, { id, text: procedure, args }),
    );
  }

  begin(inFlight: number): void {
    const now = performance.now();
    for (let call = 0; call < inFlight; call++) this.#send(now);
  }

  message(bytes: Buffer, start: number, end: number): void {
    const head = this.#head;
    this.#readHead(bytes, start, head);
    if (head.code !== Msg.RESULT) throw unexpected(this.#link, bytes, start, end);
    const { meter } = this.#ports;
    const now = this.#link.readAt;
    meter.operations += 1;
    meter.latencies.record((now - (this.#sentAt[head.id % this.#sentAt.length] as number)) * 1_000);
    this.#send(now);
  }

  ended(reason: string): void {
    this.#ports.fail(reason);
  }

  #send(now: number): void {
    const id = ++this.#lastRequest;
    this.#sentAt[id % this.#sentAt.length] = now;
    this.#call.send(id);
  }
}

/** Callers and callees. */
export class CallLoad implements Load {
  readonly #scenario: CallScenario;
  readonly #ports: LoadPorts;
  routerPid: number | null = null;

  constructor(scenario: CallScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  async prepare(): Promise<void> {
    const { callees, calleeSerializer, size, transport } = this.#scenario;
    const { share, urls, fail } = this.#ports;
    const mine = shareOf(callees, share);
    await forEachOf(mine.length, async (index) => {
      const callee = await Conversation.join(addressFor(urls, transport), calleeSerializer, { realm: REALM });
      await callee.register(this.#procedure(mine[index] as number));
      callee.link.handler = new Callee(callee.link, 'x'.repeat(size), fail);
    });
  }

  async start(): Promise<void> {
    const { callers, callees, callerSerializer, inFlight, transport } = this.#scenario;
    const { share, urls } = this.#ports;
    const mine = shareOf(callers, share);
    const all = await forEachOf(mine.length, async (index) => {
      const conversation = await Conversation.join(addressFor(urls, transport), callerSerializer, { realm: REALM });
      this.routerPid = conversation.routerPid;
      const procedure = this.#procedure((mine[index] as number) % callees);
      const caller = new Caller(conversation.link, procedure, this.#scenario, this.#ports);
      conversation.link.handler = caller;
      return caller;
    });
    for (const caller of all) caller.begin(inFlight);
  }

  received(): void {}

  #procedure(callee: number): string {
    return `${URI_PREFIX}${this.#ports.run}.procedure${callee}`;
  }
}
