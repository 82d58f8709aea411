import {
  type AutobahnCase,
  binary,
  CLOSED_BY_CLIENT,
  type Ending,
  type Expected,
  numbered,
  PROTOCOL_ERROR,
  plainCase,
  pong,
  text,
} from './autobahn-case.ts';
import type { Step } from './frame-client.ts';

const TEXT = 1;
const BINARY = 2;
const PING = 9;
const PONG = 10;
const HELLO = 'Hello, world!';
const NON_UTF8 = Buffer.from('00fffefdfcfb00ff', 'hex');

/** Frames that come octet by octet, or each in a write of its own: nothing may depend on it. */
const bytewise = (steps: readonly Step[]): readonly Step[] => steps.map((step) => ({ ...step, chop: 1 }));
const framewise = (steps: readonly Step[]): readonly Step[] => steps.map((step) => ({ ...step, chop: 1 << 20 }));

type Row = readonly [send: readonly Step[], expect: readonly Expected[], ending: Ending];

function plain(id: string, [send, expect, ending]: Row): AutobahnCase {
  return plainCase(id, { send, expect, ending });
}

/** 1: a message of each kind of length */
function lengths(
  prefix: string,
  opcode: number,
  octet: number,
  expected: (payload: Buffer) => Expected,
): AutobahnCase[] {
  const sizes = [[0], [125], [126], [127], [128], [65_535], [65_536], [65_536, 997]] as const;
  return numbered(prefix, sizes, (id, [size, chop]) => {
    const payload = Buffer.alloc(size, octet);
    const step = { opcode, payload, ...(chop === undefined ? {} : { chop }) };
    return plain(id, [[step], [expected(payload)], CLOSED_BY_CLIENT]);
  });
}

/** 2: pings and pongs */
function pings(): AutobahnCase[] {
  const long = Buffer.alloc(125, 0xfe);
  const ten = Array.from({ length: 10 }, (_, index) => `payload-${index}`);
  const tenPings = ten.map((payload) => ({ opcode: PING, payload }));
  const close: Step = { opcode: 8, payload: Buffer.from([0x03, 0xe8]) };
  const closed: Ending = { by: 'answered', codes: [1000], drop: false };
  return numbered<Row>(
    '2',
    [
      [[{ opcode: PING }], [pong('')], CLOSED_BY_CLIENT],
      [[{ opcode: PING, payload: HELLO }], [pong(HELLO)], CLOSED_BY_CLIENT],
      [[{ opcode: PING, payload: NON_UTF8 }], [pong(NON_UTF8)], CLOSED_BY_CLIENT],
      [[{ opcode: PING, payload: long }], [pong(long)], CLOSED_BY_CLIENT],
      [[{ opcode: PING, payload: Buffer.alloc(126, 0xfe) }], [], PROTOCOL_ERROR],
      [[{ opcode: PING, payload: long, chop: 1 }], [pong(long)], CLOSED_BY_CLIENT],
      [[{ opcode: PONG }, close], [], closed],
      [[{ opcode: PONG, payload: 'unsolicited' }, close], [], closed],
      [
        [
          { opcode: PONG, payload: 'unsolicited' },
          { opcode: PING, payload: 'ping' },
        ],
        [pong('ping')],
        CLOSED_BY_CLIENT,
      ],
      [tenPings, ten.map(pong), CLOSED_BY_CLIENT],
      [bytewise(tenPings), ten.map(pong), CLOSED_BY_CLIENT],
    ],
    plain,
  );
}

/** 3: reserved bits */
function reservedBits(): AutobahnCase[] {
  const good: Step = { opcode: TEXT, payload: HELLO };
  const bad = (rsv: number): readonly Step[] => [good, { ...good, rsv }, { opcode: PING }];
  return numbered<Row>(
    '3',
    [
      [[{ ...good, rsv: 1 }], [], PROTOCOL_ERROR],
      [bad(2), [text(HELLO)], PROTOCOL_ERROR],
      [framewise(bad(3)), [text(HELLO)], PROTOCOL_ERROR],
      [bytewise(bad(4)), [text(HELLO)], PROTOCOL_ERROR],
      [[{ opcode: BINARY, payload: NON_UTF8, rsv: 5 }], [], PROTOCOL_ERROR],
      [[{ opcode: BINARY, payload: HELLO, rsv: 6 }], [], PROTOCOL_ERROR],
      [[{ opcode: 8, rsv: 7 }], [], PROTOCOL_ERROR],
    ],
    plain,
  );
}

/** 4: reserved opcodes */
function reservedOpcodes(prefix: string, first: number): AutobahnCase[] {
  const good: Step = { opcode: TEXT, payload: HELLO };
  const ping: Step = { opcode: PING };
  return numbered<Row>(
    prefix,
    [
      [[{ opcode: first }], [], PROTOCOL_ERROR],
      [[{ opcode: first + 1, payload: 'reserved' }], [], PROTOCOL_ERROR],
      [[good, { opcode: first + 2 }, ping], [text(HELLO)], PROTOCOL_ERROR],
      [[good, { opcode: first + 3, payload: HELLO }, ping], [text(HELLO)], PROTOCOL_ERROR],
      [bytewise([good, { opcode: first + 4, payload: HELLO }, ping]), [text(HELLO)], PROTOCOL_ERROR],
    ],
    plain,
  );
}

/** 5: fragments */
function fragments(): AutobahnCase[] {
  const part = (opcode: number, payload: string, fin: boolean): Step => ({ opcode, payload, fin });
  const two = [part(TEXT, 'one', false), part(0, 'two', true)];
  const withPing = [part(TEXT, 'one', false), { opcode: PING, payload: 'ping' }, part(0, 'two', true)];
  const answered: readonly Expected[] = [pong('ping'), text('onetwo')];
  const orphan = (fin: boolean): readonly Step[] => [part(0, 'orphan', fin), { opcode: TEXT, payload: HELLO }];
  const orphans = (fin: boolean): readonly Step[] => [
    part(0, 'one', fin),
    part(TEXT, 'two', false),
    part(0, 'three', true),
  ];
  const five = [
    part(TEXT, 'one', false),
    part(0, 'two', false),
    { opcode: PING, payload: 'first' },
    part(0, 'three', false),
    part(0, 'four', false),
    { opcode: PING, payload: 'second' },
    part(0, 'five', true),
  ];
  const all: readonly Expected[] = [pong('first'), pong('second'), text('onetwothreefourfive')];
  return numbered<Row>(
    '5',
    [
      [[part(PING, 'one', false), part(0, 'two', true)], [], PROTOCOL_ERROR],
      [[part(PONG, 'one', false), part(0, 'two', true)], [], PROTOCOL_ERROR],
      [two, [text('onetwo')], CLOSED_BY_CLIENT],
      [framewise(two), [text('onetwo')], CLOSED_BY_CLIENT],
      [bytewise(two), [text('onetwo')], CLOSED_BY_CLIENT],
      [withPing, answered, CLOSED_BY_CLIENT],
      [framewise(withPing), answered, CLOSED_BY_CLIENT],
      [bytewise(withPing), answered, CLOSED_BY_CLIENT],
      [orphan(true), [], PROTOCOL_ERROR],
      [framewise(orphan(true)), [], PROTOCOL_ERROR],
      [bytewise(orphan(true)), [], PROTOCOL_ERROR],
      [orphan(false), [], PROTOCOL_ERROR],
      [framewise(orphan(false)), [], PROTOCOL_ERROR],
      [bytewise(orphan(false)), [], PROTOCOL_ERROR],
      [[...two, part(0, 'three', false), part(TEXT, 'four', true)], [text('onetwo')], PROTOCOL_ERROR],
      [[...orphans(false), ...orphans(false)], [], PROTOCOL_ERROR],
      [[...orphans(true), ...orphans(true)], [], PROTOCOL_ERROR],
      [[part(TEXT, 'one', false), part(TEXT, 'two', true)], [], PROTOCOL_ERROR],
      [five, all, CLOSED_BY_CLIENT],
      [framewise(five), all, CLOSED_BY_CLIENT],
    ],
    plain,
  );
}

export const FRAMING_CASES: readonly AutobahnCase[] = [
  ...lengths('1.1', TEXT, 0x2a, text),
  ...lengths('1.2', BINARY, 0xfe, binary),
  ...pings(),
  ...reservedBits(),
  ...reservedOpcodes('4.1', 3),
  ...reservedOpcodes('4.2', 11),
  ...fragments(),
];
