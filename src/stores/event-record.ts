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

/** When the event of an intact record was published, and under which id. */
export function readHead(record: Buffer): { readonly time: number; readonly publication: number } {
  return { time: record.readDoubleLE(TIME), publication: record.readDoubleLE(PUBLICATION) };
}

/** An event that lies in a database: of one that a look-up passes over nothing is read. */
export class RecordedEvent implements PastEvent {
  readonly time: number;
  readonly publication: number;
  readonly #load: () => Buffer;
  #record: Buffer | null = null;
  #header: Header | null = null;

  /** @param load gives the intact record */
  constructor(head: { readonly time: number; readonly publication: number }, load: () => Buffer) {
    this.time = head.time;
    this.publication = head.publication;
    this.#load = load;
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
    const bytes = this.#bytes;
    const start = HEADER + bytes.readUInt32LE(HEADER_LENGTH);
    return { serializer: serializerById(serializer), bytes, start, end: bytes.length, count, transcoded: null };
  }

  get #bytes(): Buffer {
    this.#record ??= this.#load();
    return this.#record;
  }

  get #decoded(): Header {
    if (this.#header === null) {
      const bytes = this.#bytes;
      this.#header = cbor.decode(bytes, HEADER, HEADER + bytes.readUInt32LE(HEADER_LENGTH)) as Header;
    }
    return this.#header;
  }
}
