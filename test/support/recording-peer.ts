import type { MessageFormat, Peer } from '../../src/router/peer.ts';
import type { Role } from '../../src/router/role.ts';
import type { Traffic } from '../../src/router/traffic.ts';
import { Message } from '../../src/serializers/message.ts';
import type { Payload } from '../../src/serializers/payload.ts';
import { serializerById } from '../../src/serializers/registry.ts';
import { type Dict, EMPTY } from '../../src/wamp/dict.ts';
import { messageRow } from '../../src/wamp/message-table.ts';

const serializer = serializerById('msgpack');

/** What a peer was sent: message name, its elements by kind, its payload decoded. */
export interface Sent {
  readonly name: string;
  readonly first: number;
  readonly second: number;
  readonly dict: Dict;
  readonly text: string | null;
  readonly payload: readonly unknown[];
}

let formats = 0;

/** A peer without a connection: it keeps what it is sent. */
export class RecordingPeer implements Peer {
  readonly session: number;
  readonly realm = 'realm1';
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod = 'anonymous';
  readonly authprovider = 'static';
  readonly authextra = null;
  readonly transport: Dict = {};
  readonly role: Role;
  timeoutUnit = 1;
  readonly features: ReadonlySet<string>;
  readonly traffic: Traffic | null = null;
  readonly format: MessageFormat;
  readonly sent: Sent[] = [];
  /** Messages with a payload beyond this are refused. */
  maxPayload = Number.POSITIVE_INFINITY;
  congested = false;
  /** Told of each message that was sent, while it is being sent. */
  onSent: ((sent: Sent) => void) | null = null;
  said: { reason: string; message: string | null } | null = null;

  constructor(session: number, role: Role, more: { authid?: string; features?: readonly string[] } = {}) {
    this.session = session;
    this.role = role;
    this.authrole = role.name;
    this.authid = more.authid ?? `user${session}`;
    this.features = new Set(more.features ?? []);
    // Frames of this format are the very arguments, so that the test reads what was encoded.
    this.format = {
      index: formats++,
      serializer,
      encode: (...message) => {
        const frame = Buffer.alloc(0);
        Object.assign(frame, { message });
        return frame;
      },
    };
  }

  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    if (payload !== null && payload.end - payload.start > this.maxPayload) return false;
    const name = messageRow(code)?.name ?? String(code);
    const values = payload === null || payload.count === 0 ? [] : payload.serializer.decodePayload(payload);
    const sent = { name, first, second, dict, text, payload: values };
    this.sent.push(sent);
    this.onSent?.(sent);
    return true;
  }

  sendEncoded(frame: Buffer): boolean {
    const { message } = frame as unknown as { message: Parameters<Peer['send']> };
    return this.send(...message);
  }

  isCongested(): boolean {
    return this.congested;
  }

  goodbye(reason: string, message: string | null): void {
    this.said = { reason, message };
  }

  /** What was sent since the last call. */
  take(): Sent[] {
    return this.sent.splice(0);
  }
}

/** A message as a serializer would have read it. */
export function message(
  code: number,
  fields: { first?: number; second?: number; dict?: Dict; text?: string; args?: readonly unknown[]; kwargs?: Dict },
): Message {
  const read = new Message(serializer);
  read.code = code;
  read.first = fields.first ?? 0;
  read.second = fields.second ?? 0;
  read.dict = fields.dict ?? EMPTY;
  read.text = fields.text ?? '';
  if (fields.args !== undefined) {
    const payload = serializer.encodePayload(fields.args, fields.kwargs ?? null);
    read.bytes = payload.bytes;
    read.start = payload.start;
    read.end = payload.end;
    read.count = payload.count;
  }
  return read;
}
