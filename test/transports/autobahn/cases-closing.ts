import {
  type AutobahnCase,
  CLOSED_BY_CLIENT,
  type Ending,
  type Expected,
  numbered,
  plainCase,
  text,
} from './autobahn-case.ts';
import type { Step } from './frame-client.ts';

const GREETING = 'Hello World!';
const TEXT: Step = { opcode: 1, payload: GREETING };
const NORMAL: Ending = { by: 'answered', codes: [1000], drop: false };
const BAD: Ending = { by: 'answered', codes: [1002], drop: true };

function close(code: number, reason: Buffer | string = ''): Step {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(code, 0);
  return { opcode: 8, payload: Buffer.concat([octets, Buffer.from(reason as Buffer)]) };
}

type Row = readonly [send: readonly Step[], expect: readonly Expected[], ending: Ending];

function plain(id: string, [send, expect, ending]: Row): AutobahnCase {
  return plainCase(id, { send, expect, ending });
}

const LARGE = Buffer.alloc(256 * 1024, 'BAsd7&jh23');
const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

/** 7: ends. 7.1.6 and 7.13 may end in several ways; this is ours. */
export const CLOSING_CASES: readonly AutobahnCase[] = [
  ...numbered<Row>(
    '7.1',
    [
      [[TEXT], [text(GREETING)], CLOSED_BY_CLIENT],
      [[close(1000), { opcode: 8 }], [], NORMAL],
      [[close(1000), { opcode: 9 }], [], NORMAL],
      [[close(1000), TEXT], [], NORMAL],
      [[{ opcode: 1, fin: false, payload: 'one' }, close(1000), { opcode: 0, payload: 'two' }], [], NORMAL],
      [[{ opcode: 1, payload: LARGE }, TEXT, close(1000), { opcode: 9 }], [text(LARGE), text(GREETING)], NORMAL],
    ],
    plain,
  ),
  ...numbered<Row>(
    '7.3',
    [
      [[{ opcode: 8 }], [], NORMAL],
      [[{ opcode: 8, payload: 'a' }], [], BAD],
      [[close(1000)], [], NORMAL],
      [[close(1000, GREETING)], [], NORMAL],
      [[close(1000, '*'.repeat(123))], [], NORMAL],
      [[close(1000, '*'.repeat(124))], [], BAD],
    ],
    plain,
  ),
  plain('7.5.1', [
    [close(1000, Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex'))],
    [],
    { by: 'answered', codes: [1007], drop: true },
  ]),
  ...numbered('7.7', VALID, (id, code) =>
    plain(id, [[close(code)], [], { by: 'answered', codes: [1000, code], drop: false }]),
  ),
  ...numbered('7.9', INVALID, (id, code) => plain(id, [[close(code)], [], BAD])),
  ...numbered('7.13', [5000, 65_535], (id, code) => plain(id, [[close(code)], [], BAD])),
];
