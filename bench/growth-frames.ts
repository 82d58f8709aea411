import { Msg } from '../src/wamp/messages.ts';
import { encodeMessage } from './encode-message.ts';
import type { Filling } from './growth-axes.ts';
import type { Traffic } from './growth-messages.ts';
import { entryOf } from './growth-realm.ts';
import { numbers } from './growth-traffic.ts';
import type { Link } from './link.ts';

/** Frames prepared: so many that what they name is not in the processor's caches when they are sent once more. */
const SAMPLES = 1 << 17;
/** So many sessions have something to do at a time: the same of ten and of ten thousand, as the system's work for sockets goes by their number. */
export const AT_A_TIME = 10;
/** For so many messages; then it is others. */
const STRETCH = 1 << 10;
const ARGS = ['x'.repeat(50)];
const CODES: Readonly<Record<Traffic, number>> = { calls: Msg.CALL, events: Msg.PUBLISH };

/** Frames that lead to any entry of a router at random, each with the session that sends it. */
export class GrowthFrames {
  readonly #bytes: Buffer;
  /** Where the nth frame begins; and where the last one ends. */
  readonly #starts = new Uint32Array(SAMPLES + 1);
  /** Sessions of all realms are numbered in a row. */
  readonly #senders = new Uint32Array(SAMPLES);
  #next = 0;

  /** @param like a link of the kind that they are for */
  constructor(traffic: Traffic, filling: Filling, like: Link) {
    const draw = numbers(CODES[traffic]);
    const parts: Buffer[] = [];
    let turn = drawTurn(filling, draw);
    for (let sample = 0; sample < SAMPLES; sample++) {
      if (sample % STRETCH === 0) turn = drawTurn(filling, draw);
      const { realm, first, holders } = turn;
      const holder = draw(holders);
      const { sessions, entries } = filling;
      const held = Math.ceil((entries - first - holder) / sessions);
      const entry = first + holder + sessions * draw(held);
      // Anyone of the ten but its holder, who would not get an event of its own.
      const sender = (holder + 1 + draw(AT_A_TIME - 1)) % AT_A_TIME;
      this.#senders[sample] = realm * sessions + first + sender;
      // No two that are on their way at once have the same id.
      const message = { id: sample + 1, text: entryOf(entry).example, args: ARGS };
      const frame = like.framing.encode(encodeMessage(like.serializer, CODES[traffic], message), like.serializer.text);
      parts.push(frame);
      this.#starts[sample + 1] = (this.#starts[sample] as number) + frame.length;
    }
    this.#bytes = Buffer.concat(parts);
  }

  /** Sends the next one at the end of this turn. */
  send(links: readonly Link[]): void {
    const sample = this.#next;
    this.#next = (sample + 1) % SAMPLES;
    const link = links[this.#senders[sample] as number] as Link;
    const [start, end] = [this.#starts[sample] as number, this.#starts[sample + 1] as number];
    const at = link.reserve(end - start);
    this.#bytes.copy(link.output, at, start, end);
  }
}

/** Who has something to do: ten sessions of a realm from `first` on, of whom the first `holders` hold entries. */
interface Turn {
  readonly realm: number;
  readonly first: number;
  readonly holders: number;
}

function drawTurn({ realms, sessions, entries }: Filling, draw: (below: number) => number): Turn {
  const holding = Math.min(sessions, entries);
  const first = AT_A_TIME * draw(Math.ceil(holding / AT_A_TIME));
  return { realm: draw(realms), first, holders: Math.min(AT_A_TIME, holding - first) };
}
