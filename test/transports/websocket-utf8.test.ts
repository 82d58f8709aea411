import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { validUntil } from '../../src/transports/websocket-utf8.ts';

/** Whether some continuation makes `bytes` UTF-8: by trying, with Node's strict streaming decoder. */
function canBeContinued(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Feeds `bytes` octet by octet. */
function inPieces(bytes: Buffer): number {
  let valid = 0;
  for (let end = 1; end <= bytes.length; end += 1) {
    valid = validUntil(bytes, valid, end);
    if (valid < 0) return -1;
  }
  return valid;
}

describe('validUntil', () => {
  test('agrees with a streaming decoder on each sequence of up to three octets that starts a character', () => {
    const interesting = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
    ];
    for (let lead = 0; lead < 256; lead += 1) {
      for (const second of [null, ...interesting]) {
        for (const third of second === null ? [null] : [null, ...interesting]) {
          const octets = [lead, second, third].filter((octet) => octet !== null);
          const bytes = Buffer.from(octets);
          assert.equal(validUntil(bytes, 0, bytes.length) >= 0, canBeContinued(bytes), bytes.toString('hex'));
          assert.equal(inPieces(bytes) >= 0, canBeContinued(bytes), `${bytes.toString('hex')} in pieces`);
        }
      }
    }
  });

  test('says where the last whole character ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(200), (text, cut) => {
        const bytes = Buffer.from(text);
        const end = Math.min(cut, bytes.length);
        const valid = validUntil(bytes, 0, end);
        assert.ok(valid >= 0 && valid <= end && end - valid <= 3);
        const whole = bytes.subarray(0, valid).toString('utf8');
        assert.ok(text.startsWith(whole));
        assert.equal(Buffer.byteLength(whole), valid);
        assert.equal(validUntil(bytes, valid, bytes.length), bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('any octets, in pieces or at once, agree with a streaming decoder', () => {
    const octets = fc.array(
      fc.oneof(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0x90), fc.nat(255)),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(octets, (list) => {
        const bytes = Buffer.from(list);
        assert.equal(validUntil(bytes, 0, bytes.length) >= 0, canBeContinued(bytes));
        assert.equal(inPieces(bytes) >= 0, canBeContinued(bytes));
      }),
      { numRuns: 3_000 },
    );
  });
});
