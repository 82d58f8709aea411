import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeCertificate } from '../../src/transports/certificate.ts';
import { oidText, readDer } from '../../src/transports/der.ts';
import { CROSSBAR, EXTENSIONS, PEM } from './certificate-vector.ts';

const certificate = new X509Certificate(PEM);
const NOW = Date.UTC(2027, 0, 1);

/** Dictionaries of names have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('a certificate as a dictionary', () => {
  it('is what Crossbar makes of it', () => {
    const { serial, extensions, spki_sha256, pem, ...rest } = describeCertificate(certificate, NOW);
    assert.deepEqual(plain(rest), CROSSBAR);
    assert.equal(serial, '447473241962816032686060470785480835743632949020', 'beyond 2^53: as text');
    assert.deepEqual(extensions, EXTENSIONS);
    assert.equal(pem, PEM);
    assert.match(String(spki_sha256), /^98:3A:C0:A7:(?:[0-9A-F]{2}:){27}6D$/);
  });

  it('says when it has expired', () => {
    const end = Date.UTC(2027, 10, 27, 7, 31, 37);
    assert.equal(describeCertificate(certificate, end)['expired'], false);
    assert.equal(describeCertificate(certificate, end + 1)['expired'], true);
  });

  it('takes a negative serial number, which should not be', () => {
    const raw = Buffer.from(certificate.raw);
    // The first byte of the serial number, behind the headers of three sequences and the version.
    raw[15] = (raw[15] ?? 0) | 0x80;
    const { serial } = describeCertificate(new X509Certificate(raw), NOW);
    assert.match(String(serial), /^-\d+$/);
  });

  it('never throws, whatever stands in it', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.nat(certificate.raw.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const raw = Buffer.from(certificate.raw);
        raw[at] = (raw[at] ?? 0) ^ change;
        let changed: X509Certificate;
        try {
          changed = new X509Certificate(raw);
        } catch {
          return;
        }
        read++;
        assert.equal(typeof describeCertificate(changed, NOW)['sha256'], 'string');
      }),
      { numRuns: 500 },
    );
    assert.ok(read > 100, `only ${read} were certificates at all`);
  });
});

describe('DER', () => {
  it('reads values one after the other, and refuses what ends too early', () => {
    assert.deepEqual(readDer(Buffer.from('0500020101', 'hex')), [
      { tag: 5, content: Buffer.alloc(0) },
      { tag: 2, content: Buffer.from([1]) },
    ]);
    assert.deepEqual(readDer(Buffer.alloc(0)), []);
    for (const hex of ['30', '3002', '300201', '3080', '308500000000', '3082ff', '1f0100', '3084ffffffff']) {
      assert.throws(() => readDer(Buffer.from(hex, 'hex')), RangeError, hex);
    }
  });

  it('tells object identifiers', () => {
    assert.equal(oidText(Buffer.from('550403', 'hex')), '2.5.4.3');
    assert.equal(oidText(Buffer.from('2b06010505070301', 'hex')), '1.3.6.1.5.5.7.3.1');
    assert.equal(oidText(Buffer.from('8837', 'hex')), '2.999');
  });
});
