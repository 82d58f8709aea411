import assert from 'node:assert/strict';
import {
  type AutobahnCase,
  CLOSED_BY_CLIENT,
  finish,
  INVALID_PAYLOAD,
  numbered,
  plainCase,
  text,
} from './autobahn-case.ts';
import { FrameClient, octetsOf, type Step } from './frame-client.ts';

const hex = (...parts: readonly string[]): Buffer => Buffer.from(parts.join(''), 'hex');
const around = (middle: string): Buffer => Buffer.concat([Buffer.from('hello'), hex(middle), Buffer.from('world')]);

/** The Greek word that Markus Kuhn's UTF-8 stress test begins with. */
const KOSME = hex('cebae1bdb9cf83cebcceb5');

/** All prefixes, of which those that end within a character are not UTF-8. */
function prefixes(): readonly Buffer[] {
  return Array.from(KOSME, (_, index) => KOSME.subarray(0, index + 1));
}

/** Each of a range of lead octets, followed by a space. */
function lonely(first: number, beyond: number): Buffer {
  const octets: number[] = [];
  for (let lead = first; lead < beyond; lead += 1) octets.push(lead, 0x20);
  return Buffer.from(octets);
}

function continuations(): Buffer {
  return Buffer.from(Array.from({ length: 0xbf - 0x80 }, (_, index) => 0x80 + index));
}

function nonCharacters(): readonly Buffer[] {
  const all = [hex('efbfbe'), hex('efbfbf')];
  for (const lead of ['f0', 'f1', 'f2', 'f3', 'f4']) {
    for (const second of ['8f', '9f', 'af', 'bf']) {
      if (lead === 'f4' ? second !== '8f' : lead === 'f0' && second === '8f') continue;
      all.push(hex(lead, second, 'bfbe'), hex(lead, second, 'bfbf'));
    }
  }
  return all;
}

const TRUNCATED = [
  ...['c0', 'e080', 'f08080', 'f8808080', 'fc80808080'],
  ...['df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
].map((octets) => hex(octets));
const HIGH = ['eda080', 'edadbf', 'edae80', 'edafbf'];
const LOW = ['edb080', 'edbfbf'];

const rows = (...octets: readonly string[]): readonly Buffer[] => octets.map((each) => hex(each));

/** Sections 6.5 to 6.23: after Markus Kuhn's "UTF-8 decoder capability and stress test". */
const SECTIONS: readonly (readonly Buffer[])[] = [
  [around('24'), around('c2a2'), around('e282ac'), around('f0a4ada2'), KOSME],
  prefixes(),
  rows('00', 'c280', 'e0a080', 'f0908080'),
  rows('f888808080', 'fc8480808080'),
  rows('7f', 'dfbf', 'efbfbf', 'f48fbfbf'),
  rows('f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'),
  rows('ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf', 'f4908080'),
  [...rows('80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf'), continuations()],
  [lonely(0xc0, 0xdf), lonely(0xe0, 0xef), lonely(0xf0, 0xf7), lonely(0xf8, 0xfb), lonely(0xfc, 0xfd)],
  TRUNCATED,
  [Buffer.concat(TRUNCATED)],
  rows('fe', 'ff', 'fefeffff'),
  rows('c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'),
  rows('c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'),
  rows('c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'),
  rows('eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'),
  HIGH.flatMap((high) => LOW.map((low) => hex(high, low))),
  nonCharacters(),
  rows('efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'),
];

/** Whether this is UTF-8, as Node's strict decoder has it: not as our own check has it. */
function isValid(payload: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
    return true;
  } catch {
    return false;
  }
}

function inOneFrame(id: string, payload: Buffer): AutobahnCase {
  const send = [{ opcode: 1, payload }];
  if (isValid(payload)) return plainCase(id, { send, expect: [text(payload)], ending: CLOSED_BY_CLIENT });
  return plainCase(id, { send, expect: [], ending: INVALID_PAYLOAD });
}

function octetFrames(payload: Buffer): readonly Step[] {
  return Array.from(payload, (_, at) => ({
    opcode: at === 0 ? 1 : 0,
    fin: at === payload.length - 1,
    payload: payload.subarray(at, at + 1),
  }));
}

const BEYOND = Buffer.concat([KOSME, hex('f4908080'), Buffer.from('edited')]);
const SURROGATE = Buffer.concat([KOSME, hex('eda080'), Buffer.from('edited')]);

/** 6.4: the octets that make a text invalid must be enough to have it refused; the rest is never sent. */
function failsFast(id: string, pieces: readonly Buffer[]): AutobahnCase {
  return {
    id,
    run: async (port) => {
      const client = await FrameClient.open(port);
      try {
        for (const piece of pieces) {
          assert.equal(client.ended || client.closeFrame !== undefined, false, 'refused what is good so far');
          client.socket.write(piece);
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
        await finish(client, [], INVALID_PAYLOAD);
      } finally {
        client.socket.destroy();
      }
    },
  };
}

/** The text up to where it is good, and up to the octet that spoils it: in frames, or in one frame that never ends. */
function cut(goodUntil: number, badUntil: number, framed: boolean): readonly Buffer[] {
  const good = BEYOND.subarray(0, goodUntil);
  const bad = BEYOND.subarray(goodUntil, badUntil);
  if (framed)
    return [octetsOf({ opcode: 1, fin: false, payload: good }), octetsOf({ opcode: 0, fin: false, payload: bad })];
  const whole = octetsOf({ opcode: 1, payload: BEYOND });
  const start = whole.length - BEYOND.length;
  return [whole.subarray(0, start + goodUntil), whole.subarray(start + goodUntil, start + badUntil)];
}

const SAMPLE = Buffer.from('Hello-µ@ßöäüàá-UTF-8!!');
const SPLIT = 'Hello-µ@ßöä';
const REST = 'üàá-UTF-8!!';

export const UTF8_CASES: readonly AutobahnCase[] = [
  inOneFrame('6.2.1', SAMPLE),
  ...numbered<readonly Step[]>(
    '6.1',
    [
      [{ opcode: 1 }],
      [
        { opcode: 1, fin: false },
        { opcode: 0, fin: false },
        { opcode: 0, fin: true },
      ],
      [
        { opcode: 1, fin: false },
        { opcode: 0, fin: false, payload: 'middle' },
        { opcode: 0, fin: true },
      ],
    ],
    (id, send) => plainCase(id, { send, expect: [text(id === '6.1.3' ? 'middle' : '')], ending: CLOSED_BY_CLIENT }),
  ),
  plainCase('6.2.2', {
    send: [
      { opcode: 1, fin: false, payload: SPLIT },
      { opcode: 0, payload: REST },
    ],
    expect: [text(SPLIT + REST)],
    ending: CLOSED_BY_CLIENT,
  }),
  plainCase('6.2.3', { send: octetFrames(SAMPLE), expect: [text(SAMPLE)], ending: CLOSED_BY_CLIENT }),
  plainCase('6.2.4', { send: octetFrames(KOSME), expect: [text(KOSME)], ending: CLOSED_BY_CLIENT }),
  inOneFrame('6.3.1', SURROGATE),
  plainCase('6.3.2', { send: octetFrames(SURROGATE), expect: [], ending: INVALID_PAYLOAD }),
  failsFast('6.4.1', cut(11, 15, true)),
  failsFast('6.4.2', cut(12, 13, true)),
  failsFast('6.4.3', cut(11, 15, false)),
  failsFast('6.4.4', cut(12, 13, false)),
  ...SECTIONS.flatMap((section, index) => numbered(`6.${index + 5}`, section, inOneFrame)),
];
