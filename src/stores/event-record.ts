import { crc32 } from 'node:zlib';
import type { PastEvent } from '../router/event-history.ts';
import type { Payload } from '../serializers/payload.ts';
import { serializerById } from '../serializers/registry.ts';
import type { FormatId } from '../serializers/serializer.ts';
import type { Dict } from '../wamp/dict.ts';

/**
 * How an event lies in a database: checksum of all that follows; time; publication; length of the header;
 * the header in CBOR; the payload in the serializer of its publisher.
 */
const TIME = 4;
const PUBLICATION = 12;
const HEADER_LENGTH = 20;
const HEADER = 24;

const cbor = serializerById('cbor');

interface Header {
  readonly topic: string;
  readonly session: number;
  readonly authid: string;
  readonly authrole: string;
  readonly disclosed: boolean;
  readonly details: Dict;
  readonly lists: Dict;
  readonly serializer: FormatId;
  readonly count: number;
}

export function encodeRecord(event: PastEvent): Buffer {
  const { topic, session, authid, authrole, disclosed, details, lists, payload } = event;
  const { serializer, count } = payload;
  const fields = { topic, session, authid, authrole, disclosed, details, lists, serializer: serializer.id, count };
  const header = cbor.encode(fields satisfies Header);
  const record = Buffer.allocUnsafe(HEADER + header.length + payload.end - payload.start);
  record.writeDoubleLE(event.time, TIME);
  record.writeDoubleLE(event.publication, PUBLICATION);
  record.writeUInt32LE(header.length, HEADER_LENGTH);
  header.copy(record, HEADER);
  payload.bytes.copy(record, HEADER + header.length, payload.start, payload.end);
  record.writeUInt32LE(crc32(record.subarray(TIME)), 0);
  return record;
}

/** Whether the bytes are a record as it was written. */
export function isIntact(record: Buffer): boolean {
  return record.length >= HEADER && record.readUInt32LE(0) === crc32(record.subarray(TIME));
}

/** An event as it is read from an intact record: what a look-up passes over is not decoded. */
export class RecordedEvent implements PastEvent {
  readonly #record: Buffer;
  #header: Header | null = null;

  constructor(record: Buffer) {
    this.#record = record;
  }

  get time(): number {
    return this.#record.readDoubleLE(TIME);
  }

  get publication(): number {
    return this.#record.readDoubleLE(PUBLICATION);
  }

  get topic(): string {
    return this.#decoded.topic;
  }

  get session(): number {
    return this.#decoded.session;
  }

  get authid(): string {
    return this.#decoded.authid;
  }

  get authrole(): string {
    return this.#decoded.authrole;
  }

  get disclosed(): boolean {
    return this.#decoded.disclosed;
  }

  get details(): Dict {
    return this.#decoded.details;
  }

  get lists(): Dict {
    return this.#decoded.lists;
  }

  get payload(): Payload {
    const { serializer, count } = this.#decoded;
    const bytes = this.#record;
    const start = HEADER + bytes.readUInt32LE(HEADER_LENGTH);
    return { serializer: serializerById(serializer), bytes, start, end: bytes.length, count, transcoded: null };
  }

  get #decoded(): Header {
    const end = HEADER + this.#record.readUInt32LE(HEADER_LENGTH);
    this.#header ??= cbor.decode(this.#record, HEADER, end) as Header;
    return this.#header;
  }
}
