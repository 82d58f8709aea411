import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OneTimeCodes } from '../../examples/totp-ticket/authenticator.ts';
import { keyOf, PERIOD, stepOf, totp } from '../../examples/totp-ticket/totp.ts';

const SEED = '12345678901234567890';
const SEEDS: Readonly<Record<string, string>> = {
  sha1: SEED,
  sha256: `${SEED}123456789012`,
  sha512: `${SEED}${SEED}${SEED}1234`,
};

describe('the codes', () => {
  it('RFC 6238, appendix B', () => {
    const vectors: readonly (readonly [time: number, sha1: string, sha256: string, sha512: string])[] = [
      [59, '94287082', '46119246', '90693936'],
      [1111111109, '07081804', '68084774', '25091201'],
      [1111111111, '14050471', '67062674', '99943326'],
      [1234567890, '89005924', '91819424', '93441116'],
      [2000000000, '69279037', '90698825', '38618901'],
      [20000000000, '65353130', '77737706', '47863826'],
    ];
    for (const [time, ...codes] of vectors) {
      for (const [at, algorithm] of ['sha1', 'sha256', 'sha512'].entries()) {
        const key = Buffer.from(SEEDS[algorithm] ?? '');
        assert.equal(totp(key, stepOf(time * 1000), 8, algorithm), codes[at], `${time} ${algorithm}`);
      }
    }
  });

  it('RFC 4226, appendix D', () => {
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
    assert.deepEqual(
      codes.map((_, count) => totp(Buffer.from(SEED), count)),
      codes,
    );
  });

  it('keys in base32: RFC 4648, 10, as people type them', () => {
    for (const [text, base32] of [
      ['', ''],
      ['f', 'MY======'],
      ['foobar', 'MZXW6YTBOI======'],
      ['foobar', 'mzxw 6ytb oi'],
      [SEED, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
    ] as const) {
      assert.equal(Buffer.from(keyOf(base32)).toString(), text, base32);
    }
    assert.throws(() => keyOf('GEZ1'), RangeError);
  });
});

describe('which code opens the door', () => {
  const KEY = Buffer.from(SEED);
  const STEP = 1000;
  let time = 0;
  const codesOf = () => new OneTimeCodes(new Map([['user1', KEY]]), () => time);
  const at = (step: number): void => {
    time = step * PERIOD * 1000;
  };

  it('that of now, and of the half minute before and after', () => {
    for (const [step, accepted] of [
      [STEP - 2, false],
      [STEP - 1, true],
      [STEP, true],
      [STEP + 1, true],
      [STEP + 2, false],
    ] as const) {
      at(STEP);
      assert.equal(codesOf().accept('user1', totp(KEY, step)), accepted, String(step));
    }
  });

  it('each once, and none that is older than one that was used', () => {
    at(STEP);
    const codes = codesOf();
    assert.equal(codes.accept('user1', totp(KEY, STEP)), true);
    assert.equal(codes.accept('user1', totp(KEY, STEP)), false);
    assert.equal(codes.accept('user1', totp(KEY, STEP - 1)), false);
    at(STEP + 1);
    assert.equal(codes.accept('user1', totp(KEY, STEP)), false);
    assert.equal(codes.accept('user1', totp(KEY, STEP + 1)), true);
  });

  it('none of somebody else, of nobody, and nothing that is no code', () => {
    at(STEP);
    const codes = codesOf();
    for (const user of ['user2', '__proto__', '']) assert.equal(codes.accept(user, totp(KEY, STEP)), false, user);
    const right = totp(KEY, STEP);
    const lookalike = right.replace(/\d/g, (digit) => String.fromCharCode(0x100 + digit.charCodeAt(0)));
    for (const code of ['', '000000', right.slice(1), `${right} `, `${right.slice(1)}é`, lookalike]) {
      assert.equal(codes.accept('user1', code), false, code);
    }
    assert.equal(codes.accept('user1', right), true, 'what was wrong before uses nothing up');
  });
});
