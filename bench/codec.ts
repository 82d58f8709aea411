/**
 * What serializing costs for one call: CALL read and INVOCATION written, YIELD read and RESULT written, their
 * payload checked and spliced in, as the router does; beside decoding and encoding all of it, with our own
 * serializers and with a general library.
 *
 * `node dist/bench/codec.js`; nanoseconds of processor time. Ratios mean more than times.
 */
import { decode as cborDecode, encode as cborEncode } from 'cborg';
import { Packr } from 'msgpackr';
import { Message } from '../src/serializers/message.ts';
import { SERIALIZERS } from '../src/serializers/registry.ts';
import type { Serializer } from '../src/serializers/serializer.ts';
import { Msg } from '../src/wamp/messages.ts';
import { encodeMessage } from './encode-message.ts';
import { markdownTable, times, written } from './markdown.ts';
import { costOf } from './processor-time.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

interface Library {
  decode(bytes: Buffer): unknown;
  encode(value: unknown): Uint8Array;
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  json: {
    decode: (bytes) => JSON.parse(bytes.toString('utf8')),
    encode: (value) => Buffer.from(JSON.stringify(value)),
  },
  msgpack: { decode: (bytes) => packr.unpack(bytes), encode: (value) => packr.pack(value) },
  cbor: { decode: (bytes) => cborDecode(bytes), encode: (value) => cborEncode(value) },
};

/** A structured payload: objects of integers, floats, booleans, short strings, some 60 bytes each. */
function records(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 1000 + index,
    price: 17.25 + index / 8,
    active: index % 2 === 0,
    name: `item number ${index}`,
  }));
}

/** What is called and answered with. */
const PAYLOADS: ReadonlyMap<string, unknown[]> = new Map([
  ['50 B, values', ['Hello, world!', 42, true, { price: 17.25, name: 'item' }]],
  ['50 B, one string', ['x'.repeat(48)]],
  ['1 KB, records', records(16)],
  ['1 KB, one string', ['x'.repeat(1_024)]],
  ['64 KB, records', records(1_024)],
  ['64 KB, one string', ['x'.repeat(65_536)]],
  ['64 KB, Cyrillic', ['щ'.repeat(32_768)]],
]);

const [CALL_ID, INVOCATION_ID, REGISTRATION_ID] = [7_814_135, 6_131_533, 9_823_526];

/** Something that is read, and what is made of it. */
interface Hop {
  readonly bytes: Buffer;
  readonly out: number;
  readonly first: number;
  readonly second: number;
  /** Elements before the payload. */
  readonly before: number;
}

function hopsOf(serializer: Serializer, args: readonly unknown[]): readonly [Hop, Hop] {
  const call = encodeMessage(serializer, Msg.CALL, { id: CALL_ID, text: 'com.example.procedure', args });
  const answer = encodeMessage(serializer, Msg.YIELD, { id: INVOCATION_ID, args });
  return [
    { bytes: call, out: Msg.INVOCATION, first: INVOCATION_ID, second: REGISTRATION_ID, before: 4 },
    { bytes: answer, out: Msg.RESULT, first: CALL_ID, second: 0, before: 3 },
  ];
}

function viaLibrary(library: Library, { bytes, out, first, second, before }: Hop): void {
  const payload = (library.decode(bytes) as unknown[]).slice(before);
  library.encode(out === Msg.RESULT ? [out, first, {}, ...payload] : [out, first, second, {}, ...payload]);
}

function row(serializer: Serializer, name: string, args: readonly unknown[]): readonly string[] {
  const hops = hopsOf(serializer, args);
  const message = new Message(serializer);
  const out = Buffer.alloc(2 * hops[0].bytes.length + 1_024);
  const spliced = costOf(() => {
    for (const hop of hops) {
      serializer.read(hop.bytes, 0, hop.bytes.length, message);
      serializer.write(out, 0, hop.out, hop.first, hop.second, null, null, message);
    }
  });
  const whole = costOf(() => {
    for (const hop of hops) {
      serializer.read(hop.bytes, 0, hop.bytes.length, message);
      const payload = serializer.encodePayload(serializer.decodePayload(message)[0] as unknown[], null);
      serializer.write(out, 0, hop.out, hop.first, hop.second, null, null, payload);
    }
  });
  const library = LIBRARIES[serializer.id];
  const foreign =
    library === undefined
      ? null
      : costOf(() => {
          for (const hop of hops) viaLibrary(library, hop);
        });
  return [
    serializer.id,
    name,
    written(hops[0].bytes.length, 0),
    written(spliced, 0),
    written(whole, 0),
    times(whole / spliced),
    written(foreign, 0),
    times(foreign === null ? null : foreign / spliced),
  ];
}

const HEADINGS = ['serializer', 'payload', 'bytes of CALL', 'spliced ns', 'decoded and encoded ns', 'ratio'];

const rows = SERIALIZERS.flatMap((serializer) => [...PAYLOADS].map(([name, args]) => row(serializer, name, args)));
process.stdout.write(markdownTable([...HEADINGS, 'library ns', 'ratio'], rows, 2));
