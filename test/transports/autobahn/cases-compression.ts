import assert from 'node:assert/strict';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type AutobahnCase, numbered } from './autobahn-case.ts';
import { FrameClient, type Step, type WireFrame } from './frame-client.ts';

const FULL = process.env['AUTOBAHN_FULL'] === '1';
const ROUND_TRIPS = FULL ? 1_000 : 3;
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW = 32 * 1024;

/** Message size, and octets per fragment (0: not cut). */
const SIZES = [
  ...[16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072].map((size) => [size, 0] as const),
  ...[8_192, 16_384, 32_768, 65_536, 131_072].map((size) => [size, 256] as const),
  ...[1_024, 4_096, 32_768].map((fragment) => [131_072, fragment] as const),
];

/** Pseudo-random octets that are the same in every run. */
function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

function prose(size: number, write: (octet: number, index: number) => string): Buffer {
  let text = '';
  const source = noise(size, 7);
  for (let index = 0; text.length < size; index += 1) text += write(source[index]!, index);
  return Buffer.from(text);
}

const SIZE = 200_000;
const WORDS = [
  'Habe',
  'nun',
  'ach',
  'Philosophie',
  'Juristerei',
  'und',
  'Medizin',
  'durchaus',
  'studiert',
  'mit',
  'heißem',
  'Bemühn',
];
const JSON_TEXT = prose(
  SIZE,
  (octet, index) => `{"id": ${index}, "value": ${octet / 3}, "tags": ["a${octet % 7}", null, true]},\n`,
);

/** What the suite takes files for: JSON, an image, text, HTML, and a document that is compressed already. */
const DATA: readonly { readonly binary: boolean; readonly bytes: Buffer }[] = [
  { binary: false, bytes: JSON_TEXT },
  { binary: true, bytes: noise(SIZE, 1).map((octet, at) => (octet & 7) + ((at >>> 6) & 0xf8)) as Buffer },
  {
    binary: false,
    bytes: prose(SIZE, (octet, index) => `${WORDS[octet % WORDS.length]}${index % 9 === 8 ? ',\n' : ' '}`),
  },
  {
    binary: false,
    bytes: prose(SIZE, (octet) => `<li class="item-${octet % 5}"><a href="/page/${octet}">${octet}</a></li>\n`),
  },
  { binary: true, bytes: noise(SIZE, 2) },
];

/** Both ends of permessage-deflate as the client has them: windows are handed to zlib as dictionaries. */
class Deflate {
  readonly #clientKeeps: boolean;
  readonly #serverKeeps: boolean;
  readonly #clientBits: number;
  #sent: Buffer = Buffer.alloc(0);
  #received: Buffer = Buffer.alloc(0);

  constructor(agreed: string) {
    assert.match(agreed, /^permessage-deflate(; (server|client)_(no_context_takeover|max_window_bits=\d+))*$/);
    this.#clientKeeps = !agreed.includes('client_no_context_takeover');
    this.#serverKeeps = !agreed.includes('server_no_context_takeover');
    this.#clientBits = Number(/client_max_window_bits=(\d+)/.exec(agreed)?.[1] ?? 15);
  }

  deflate(message: Buffer): Buffer {
    const dictionary = this.#clientKeeps ? this.#sent.subarray(-(2 ** this.#clientBits)) : Buffer.alloc(0);
    const options = { windowBits: this.#clientBits, finishFlush: constants.Z_SYNC_FLUSH };
    const deflated = deflateRawSync(message, dictionary.length > 0 ? { ...options, dictionary } : options);
    this.#sent = Buffer.concat([this.#sent, message]).subarray(-WINDOW);
    return deflated.subarray(0, -TAIL.length);
  }

  inflate(payload: Buffer): Buffer {
    const dictionary = this.#serverKeeps ? this.#received : Buffer.alloc(0);
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    const message = inflateRawSync(
      Buffer.concat([payload, TAIL]),
      dictionary.length > 0 ? { ...options, dictionary } : options,
    );
    this.#received = Buffer.concat([this.#received, message]).subarray(-WINDOW);
    return message;
  }
}

function fragmentsOf(payload: Buffer, opcode: number, size: number): readonly Step[] {
  const length = size === 0 ? payload.length : size;
  const steps: Step[] = [];
  for (let at = 0; at < payload.length || at === 0; at += length) {
    const first = at === 0;
    const fin = at + length >= payload.length;
    steps.push({ opcode: first ? opcode : 0, rsv: first ? 4 : 0, fin, payload: payload.subarray(at, at + length) });
  }
  return steps;
}

function slice(data: Buffer, from: number, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => data[(from + index) % data.length]!));
}

async function roundTrip(
  client: FrameClient,
  deflate: Deflate,
  message: Buffer,
  opcode: number,
  fragment: number,
): Promise<void> {
  const before = client.frames.length;
  await client.send(...fragmentsOf(deflate.deflate(message), opcode, fragment));
  const ends = (frame: WireFrame): boolean => frame.fin && frame.opcode < 8;
  await client.until(() => client.frames.slice(before).some(ends));
  const frames = client.frames.slice(before);
  assert.equal(frames[0]?.opcode, opcode);
  assert.equal(frames[0]?.rsv, 4, 'the echo is not compressed');
  const echo = deflate.inflate(Buffer.concat(frames.map((frame) => frame.payload)));
  assert.ok(echo.equals(message), 'the echo differs');
}

function compressed(
  id: string,
  offer: string,
  data: (typeof DATA)[number],
  [size, fragment]: readonly [number, number],
): AutobahnCase {
  return {
    id,
    run: async (port) => {
      const client = await FrameClient.open(port, { 'Sec-WebSocket-Extensions': offer });
      try {
        const agreed = /^sec-websocket-extensions: (.*)$/im.exec(client.response)?.[1];
        assert.ok(agreed !== undefined, 'the server does not compress');
        if (offer.startsWith('permessage-deflate; server_no_context_takeover')) {
          assert.match(agreed, /server_no_context_takeover/);
        }
        if (/^[^,]*server_max_window_bits=9/.test(offer)) assert.match(agreed, /server_max_window_bits=9/);
        const deflate = new Deflate(agreed);
        for (let count = 0; count < ROUND_TRIPS; count += 1) {
          // Text is sent in ASCII pieces only, so that any cut is a character's.
          const message = slice(data.bytes, count * size, size);
          const bytes = data.binary ? message : message.map((octet) => octet & 0x7f);
          await roundTrip(client, deflate, Buffer.from(bytes), data.binary ? 2 : 1, fragment);
        }
        await client.send({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) });
        await client.untilEnded();
        assert.equal(client.closeFrame?.payload.readUInt16BE(0), 1000);
      } finally {
        client.socket.destroy();
      }
    },
  };
}

const PLAIN = 'permessage-deflate; client_no_context_takeover; client_max_window_bits';
const RESET = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits';

/** 13: what the client may ask of the server's side. */
const OFFERS = [
  PLAIN,
  RESET,
  `${PLAIN}; server_max_window_bits=9`,
  `${PLAIN}; server_max_window_bits=15`,
  `${RESET}; server_max_window_bits=9`,
  `${RESET}; server_max_window_bits=15`,
  `${RESET}; server_max_window_bits=9, ${RESET}, ${PLAIN}`,
];

export const COMPRESSION_CASES: readonly AutobahnCase[] = [
  ...DATA.flatMap((data, index) =>
    numbered(`12.${index + 1}`, SIZES, (id, size) =>
      compressed(id, 'permessage-deflate; client_max_window_bits', data, size),
    ),
  ),
  ...OFFERS.flatMap((offer, index) =>
    numbered(`13.${index + 1}`, SIZES, (id, size) => compressed(id, offer, { binary: false, bytes: JSON_TEXT }, size)),
  ),
];
