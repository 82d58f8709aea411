/**
 * What serializing costs per message: a CALL read, and the INVOCATION written with its payload spliced
 * in, beside decoding and encoding the whole with a general library.
 *
 * `node dist/bench/codec.js`; nanoseconds of processor time. Ratios mean more than times.
 */
import { decode as cborDecode, encode as cborEncode } from 'cborg';
import { Packr } from 'msgpackr';
import { Message } from '../src/serializers/message.ts';
import { SERIALIZERS } from '../src/serializers/registry.ts';
import type { Serializer } from '../src/serializers/serializer.ts';
import { Msg } from '../src/wamp/messages.ts';

const ROUNDS = 7;
/** Microseconds that a round takes at least. */
const ROUND = 50_000;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

interface Library {
  readonly name: string;
  decode(bytes: Buffer): unknown;
  encode(value: unknown): Uint8Array;
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  json: {
    name: 'JSON.parse',
    decode: (bytes) => JSON.parse(bytes.toString('utf8')),
    encode: (value) => Buffer.from(JSON.stringify(value)),
  },
  msgpack: { name: 'msgpackr', decode: (bytes) => packr.unpack(bytes), encode: (value) => packr.pack(value) },
  cbor: { name: 'cborg', decode: (bytes) => cborDecode(bytes), encode: (value) => cborEncode(value) },
};

/** A structured payload of roughly that many bytes: objects of integers, floats, booleans, short strings. */
function records(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 1000 + index,
    price: 17.25 + index / 8,
    active: index % 2 === 0,
    name: `item number ${index}`,
  }));
}

const PAYLOADS: ReadonlyMap<string, unknown[]> = new Map([
  ['small', ['Hello, world!', 42, true]],
  ['1 KB', records(16)],
  ['64 KB', records(1024)],
  ['64 KB string', ['x'.repeat(65_536)]],
  ['64 KB Cyrillic', ['щ'.repeat(32_768)]],
]);

/** Microseconds of processor time so far: other work on the machine does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Nanoseconds of processor time per call; the median of some rounds. */
function measure(run: () => void): number {
  let calls = 1;
  for (;;) {
    const start = processorTime();
    for (let call = 0; call < calls; call++) run();
    if (processorTime() - start > ROUND) break;
    calls *= 2;
  }
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    for (let call = 0; call < calls; call++) run();
    rounds.push(((processorTime() - start) * 1000) / calls);
  }
  return rounds.sort((one, other) => one - other)[ROUNDS >> 1] ?? Number.NaN;
}

function callOf(serializer: Serializer, dict: unknown, args: unknown[]): Buffer {
  const payload = serializer.encodePayload(args, null);
  const encoded = dict === null ? null : serializer.encode(dict);
  const out = Buffer.alloc(serializer.bound(encoded, 'com.example.procedure', payload));
  const end = serializer.write(out, 0, Msg.CALL, 7_814_135, 0, encoded, 'com.example.procedure', payload);
  return out.subarray(0, end);
}

function row(serializer: Serializer, name: string, dict: unknown, args: unknown[]): void {
  const bytes = callOf(serializer, dict, args);
  const message = new Message(serializer);
  const out = Buffer.alloc(bytes.length + 64);
  const library = LIBRARIES[serializer.id];
  if (library === undefined) throw new Error(`no library to compare ${serializer.id} with`);
  const read = measure(() => serializer.read(bytes, 0, bytes.length, message));
  const both = measure(() => {
    serializer.read(bytes, 0, bytes.length, message);
    serializer.write(out, 0, Msg.INVOCATION, 6_131_533, 9_823_526, null, null, message);
  });
  const whole = measure(() => {
    const call = library.decode(bytes) as unknown[];
    library.encode([Msg.INVOCATION, 6_131_533, 9_823_526, {}, call[4]]);
  });
  const columns = [read, both, whole].map((time) => Math.round(time).toLocaleString('en').padStart(10));
  const ratio = `${(whole / both).toFixed(1)}x`.padStart(8);
  console.log(
    `${serializer.id.padEnd(8)} ${name.padEnd(16)} ${String(bytes.length).padStart(7)} ${columns.join(' ')} ${ratio}`,
  );
}

console.log('serializer payload            bytes    read ns  +write ns whole ns (library)  ratio');
for (const serializer of SERIALIZERS) {
  for (const [name, args] of PAYLOADS) row(serializer, name, null, args);
  row(serializer, 'small, options', { receive_progress: true }, ['Hello, world!', 42, true]);
}
