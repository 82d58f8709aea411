import type { RouterAddress } from '../src/client/router-url.ts';
import type { SerializerId } from '../src/serializers/serializer.ts';
import { splice } from '../src/serializers/splice.ts';
import type { Link, LinkHandler } from './link.ts';
import { openLink } from './open-link.ts';

/** What a connection to the floor is for, as its first frame says it to `floor/floor.cpp`; an echo says nothing. */
export type FloorRole = 's' | 'p';

/** Named in the handshake, and nothing else: nobody looks into frames. */
export const FLOOR_SERIALIZER: SerializerId = 'msgpack';

/** Says what a connection is for, and waits until that is said back. */
class Joining implements LinkHandler {
  readonly link: Link;
  readonly joined: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(link: Link, role: FloorRole) {
    this.link = link;
    this.joined = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    link.send(Buffer.from(role));
  }

  message(): void {
    this.#resolve();
  }

  ended(reason: string): void {
    this.#reject(new Error(reason));
  }
}

/** Connects a subscriber or a publisher; resolves when it is one. @throws Error saying why there is no connection */
export async function joinFloor(address: RouterAddress, role: FloorRole): Promise<Link> {
  const { link, joined } = await openLink(address, FLOOR_SERIALIZER, (opened) => new Joining(opened, role));
  await joined;
  return link;
}

/** What sends one and the same frame, at the end of each turn that it is called in. @param size its bytes behind the header */
export function frameSender(link: Link, size: number): () => void {
  const frame = link.framing.encode(Buffer.alloc(size, 'x'), false);
  return () => {
    const at = link.reserve(frame.length);
    splice(frame, 0, frame.length, link.output, at);
  };
}
