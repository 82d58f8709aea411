import { Msg } from '../src/wamp/messages.ts';
import { unexpected } from './conversation.ts';
import { encodeMessage } from './encode-message.ts';
import { FrameTemplate } from './frame-template.ts';
import type { Link, LinkHandler } from './link.ts';
import { headReader, MessageHead, type ReadHead } from './message-head.ts';

/** Answers each INVOCATION with the same result. */
export class Callee implements LinkHandler {
  readonly #link: Link;
  readonly #fail: (reason: string) => void;
  readonly #head = new MessageHead();
  readonly #readHead: ReadHead;
  readonly #yield: FrameTemplate;

  /** @param result the one positional value that it answers with */
  constructor(link: Link, result: unknown, fail: (reason: string) => void) {
    this.#link = link;
    this.#fail = fail;
    this.#readHead = headReader(link.serializer.id);
    this.#yield = new FrameTemplate(link, Msg.YIELD, (id) =>
      encodeMessage(link.serializer, Msg.YIELD, { id, args: [result] }),
    );
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#readHead(bytes, start, this.#head);
    if (this.#head.code !== Msg.INVOCATION) throw unexpected(this.#link, bytes, start, end);
    this.#yield.send(this.#head.id);
  }

  ended(reason: string): void {
    this.#fail(reason);
  }
}
