import type { Payload } from '../serializers/payload.ts';
import { serializerById } from '../serializers/registry.ts';
import type { Dict } from '../wamp/dict.ts';
import { LIMITS } from '../wamp/limits.ts';

const serializer = serializerById('msgpack');

const SCOPES = ['detached', 'destroyed'] as const;

export type TestamentScope = (typeof SCOPES)[number];

export function isTestamentScope(scope: string): scope is TestamentScope {
  return (SCOPES as readonly string[]).includes(scope);
}

/** A publication that a session leaves behind: it is made when the session has ended. */
export interface Testament {
  readonly topic: string;
  /** The options of its PUBLISH. */
  readonly options: Dict;
  readonly payload: Payload;
}

/** The testaments of one session, bounded in number and in bytes. [WAMP: Session Testament] */
export class Testaments {
  readonly #buckets: Readonly<Record<TestamentScope, { testament: Testament; size: number }[]>> = {
    detached: [],
    destroyed: [],
  };
  #bytes = 0;

  /** Returns what is wrong where it is one too many, or too large. */
  add(
    scope: TestamentScope,
    topic: string,
    options: Dict,
    args: readonly unknown[],
    kwargs: Readonly<Dict>,
  ): string | null {
    const { detached, destroyed } = this.#buckets;
    if (detached.length + destroyed.length >= LIMITS.testaments) {
      return `a session may leave ${LIMITS.testaments} testaments`;
    }
    const payload = serializer.encodePayload(args, kwargs);
    const size = payload.end - payload.start + topic.length + serializer.encode(options).length;
    if (this.#bytes + size > LIMITS.testamentBytes) {
      return `the testaments of a session may have ${LIMITS.testamentBytes} bytes together`;
    }
    this.#bytes += size;
    this.#buckets[scope].push({ testament: { topic, options, payload }, size });
    return null;
  }

  /** Drops those of one scope; returns how many there were. */
  flush(scope: TestamentScope): number {
    const dropped = this.#buckets[scope].splice(0);
    for (const { size } of dropped) this.#bytes -= size;
    return dropped.length;
  }

  /** All, in the order in which they are published: `detached` first, because no session can be resumed. */
  *inOrder(): Generator<Testament> {
    for (const scope of SCOPES) for (const { testament } of this.#buckets[scope]) yield testament;
  }
}
