import { Msg } from '../src/wamp/messages.ts';
import { AUTHORIZER, REALM } from './bench-node.ts';
import { joinCallees, joinCallers } from './callees.ts';
import { unexpected } from './conversation.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import type { Load, LoadPorts } from './load.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';
import { addressFor } from './open-link.ts';
import type { CallScenario } from './scenario.ts';
import { standIn } from './standing-procedure.ts';

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

/** Callers and callees, and the authorizer that is asked about them. */
export class CallLoad implements Load {
  readonly #scenario: CallScenario;
  readonly #ports: LoadPorts;
  routerPid: number | null = null;

  constructor(scenario: CallScenario, ports: LoadPorts) {
    this.#scenario = scenario;
    this.#ports = ports;
  }

  async prepare(): Promise<void> {
    const { doors, callerSerializer: serializer } = this.#scenario;
    const { share, urls, fail } = this.#ports;
    if (doors[0] === 'authorizer' && share.index === 0) {
      const address = addressFor(urls, 'websocket');
      const answer = { allow: true, cache: true };
      await standIn({ address, serializer, as: { realm: REALM }, procedure: AUTHORIZER, answer }, fail);
    }
    await joinCallees(this.#scenario, this.#ports);
  }

  async start(): Promise<void> {
    const joined = await joinCallers(this.#scenario, this.#ports);
    const all = joined.map(({ conversation, procedure }) => {
      this.routerPid = conversation.routerPid;
      const caller = new Caller(conversation.link, procedure, this.#scenario, this.#ports);
      conversation.link.handler = caller;
      return caller;
    });
    for (const caller of all) caller.begin(this.#scenario.inFlight);
  }

  received(): void {}
}
