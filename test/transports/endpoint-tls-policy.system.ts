/** What a TLS listener allows, told by `openssl s_client`: versions, ciphers, ALPN, client certificates. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { TlsListening } from '../../src/transports/endpoint.ts';
import { readTlsFiles } from '../../src/transports/tls-files.ts';
import { hasOpenssl } from './endpoint-certificates.ts';
import { said, TlsBench } from './endpoint-tls-bench.ts';

const SKIP = hasOpenssl() ? false : 'no `openssl` on this machine to make certificates with';
const bench = new TlsBench();

before(async () => {
  if (SKIP === false) await bench.start();
});
after(() => bench.stop());

/** Whether a client got in: whether it was greeted. */
async function enters(port: number, ...args: readonly string[]): Promise<boolean> {
  const { output } = await bench.client(port, '-CAfile', bench.files.ca, '-ign_eof', ...args);
  return output.includes('hello');
}

const OLD = ['-cipher', 'ALL:@SECLEVEL=0'];

describe('TLS versions and ciphers', { skip: SKIP, timeout: 30_000 }, () => {
  const rows: readonly [Partial<TlsListening>, readonly [boolean, boolean, boolean]][] = [
    [{}, [false, true, true]],
    [{ minVersion: '1.3' }, [false, false, true]],
    [{ maxVersion: '1.2' }, [false, true, false]],
    [{ minVersion: '1.1' }, [true, true, true]],
  ];
  for (const [settings, expected] of rows) {
    test(`${JSON.stringify(settings)}: 1.1, 1.2 and 1.3 are ${expected.join(', ')}`, async () => {
      const { port } = await bench.hello(settings);
      const seen = [
        await enters(port, '-tls1_1', ...OLD),
        await enters(port, '-tls1_2'),
        await enters(port, '-tls1_3'),
      ];
      assert.deepEqual(seen, expected);
    });
  }

  test('weak ciphers are refused, whatever the client likes', async () => {
    const { port, failures } = await bench.hello();
    for (const cipher of ['AES128-SHA', 'ECDHE-ECDSA-AES128-SHA', 'NULL', 'RC4']) {
      assert.equal(await enters(port, '-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`), false, cipher);
    }
    assert.ok(failures.length >= 2);
    assert.equal(await enters(port, '-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'), true);
  });

  test('a list of ciphers of TLS 1.2 leaves TLS 1.3 on, as in OpenSSL', async () => {
    const { port } = await bench.hello({ ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
    assert.equal(await enters(port, '-tls1_3'), true);
    assert.equal(await enters(port, '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'), false);
  });

  test('DHE is there with Diffie-Hellman parameters, and only then', async () => {
    const at = (name: string): string => path.join(bench.directory, name);
    const [key, certificate, dhparam] = [at('rsa.key'), at('rsa.pem'), at('dh.pem')];
    const group = ['-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048', '-out', dhparam];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', '/CN=localhost', '-days', '30'];
    assert.equal(spawnSync('openssl', ['genpkey', ...group]).status, 0);
    assert.equal(spawnSync('openssl', ['req', '-x509', ...made, '-out', certificate]).status, 0);
    const rsa = { key, certificate, chainCertificates: [] };
    const dhe = ['-tls1_2', '-cipher', 'DHE-RSA-AES256-GCM-SHA384'];
    const { port: without } = await bench.hello(rsa);
    assert.equal(await enters(without, ...dhe), false);
    const { port } = await bench.hello({ ...rsa, dhparam });
    const { output } = await bench.client(port, '-ign_eof', ...dhe);
    assert.match(output, /Temp Key: DH, 2048 bits/);
    assert.match(output, /Cipher is DHE-RSA-AES256-GCM-SHA384[\s\S]*hello/);
  });

  test('a client cannot renegotiate', async () => {
    const { port } = await bench.hello({}, {}, { onSocket: (socket) => socket.on('data', () => socket.end('heard')) });
    const asking = await bench.talk(port, 'R\n', '-tls1_2', '-CAfile', bench.files.ca);
    assert.match(asking.output, /RENEGOTIATING[\s\S]*no renegotiation/);
    assert.doesNotMatch(asking.output, /heard/);
  });

  test('a client cannot resume a session', async () => {
    const { port } = await bench.hello();
    const { output } = await bench.client(port, '-tls1_2', '-CAfile', bench.files.ca, '-reconnect');
    assert.ok((output.match(/^New, TLSv1\.2/gm) ?? []).length >= 2, output);
    assert.doesNotMatch(output, /^Reused/m);
  });
});

describe('ALPN', { skip: SKIP, timeout: 30_000 }, () => {
  test('http/1.1 is agreed on, junk is refused, silence is fine', async () => {
    const { port } = await bench.hello({ alpnProtocols: ['http/1.1'] });
    const agreed = await bench.client(port, '-CAfile', bench.files.ca, '-ign_eof', '-alpn', 'h2,http/1.1');
    assert.match(agreed.output, /ALPN protocol: http\/1\.1/);
    assert.match(agreed.output, /hello/);
    assert.equal(await enters(port, '-alpn', 'h2,junk'), false);
    assert.equal(await enters(port), true);
  });

  test('names of the server that it does not know change nothing (CVE-2026-21637)', async () => {
    const { port } = await bench.hello({ alpnProtocols: ['http/1.1'] });
    for (const name of ['junk', 'xn--', 'a'.repeat(250), '..', 'localhost%00']) {
      assert.equal(await enters(port, '-servername', name), true, name);
    }
  });
});

describe('client certificates', { skip: SKIP, timeout: 30_000 }, () => {
  const shown = (name: 'client' | 'stranger' | 'expired'): string[] => {
    const { files } = bench;
    const certificate = { client: files.clientCertificate, stranger: files.strangerCertificate };
    const file = name === 'expired' ? files.expiredCertificate : certificate[name];
    return ['-cert', file, '-key', name === 'stranger' ? files.strangerKey : files.clientKey];
  };

  for (const version of ['-tls1_2', '-tls1_3']) {
    test(`${version}: required ones must be there, be of the authority, and not have expired`, async () => {
      const { port, failures } = await bench.hello({ caCertificates: [bench.files.ca] });
      assert.equal(await enters(port, version, ...shown('client')), true);
      assert.deepEqual(failures, []);
      assert.equal(await enters(port, version), false);
      assert.equal(await enters(port, version, ...shown('stranger')), false);
      assert.equal(await enters(port, version, ...shown('expired')), false);
      const reasons = failures.map(({ reason }) => reason);
      assert.equal(reasons.length, 3);
      assert.match(String(reasons[1]), /SELF_SIGNED|UNABLE_TO/);
      assert.equal(reasons[2], 'CERT_HAS_EXPIRED');
    });

    test(`${version}: optional ones may be absent, and no worse`, async () => {
      const { port } = await bench.hello({ caCertificates: [bench.files.ca], clientCertificates: 'optional' });
      assert.equal(await enters(port, version, ...shown('client')), true);
      assert.equal(await enters(port, version), true);
      assert.equal(await enters(port, version, ...shown('stranger')), false);
      assert.equal(await enters(port, version, ...shown('expired')), false);
    });
  }
});

describe('files that a listener does not start with', { skip: SKIP, timeout: 30_000 }, () => {
  const day = 24 * 60 * 60 * 1_000;

  test('an expired certificate', async () => {
    await assert.rejects(
      bench.hello({ certificate: bench.files.expiredCertificate, key: bench.files.clientKey, chainCertificates: [] }),
      /^EndpointError: the TLS certificate .*expired\.pem has expired on .* GMT$/,
    );
  });

  test('a chain that is none; but in any order, with the root and with the certificate itself', async () => {
    const { ca, intermediate, strangerCertificate, serverCertificate } = bench.files;
    await assert.rejects(
      bench.hello({ chainCertificates: [intermediate, strangerCertificate] }),
      /stranger\.pem does not continue the chain: it is that of "CN=stranger", and that of "CN=ca" is needed$/,
    );
    await bench.hello({ chainCertificates: [ca, serverCertificate, intermediate] });
  });

  test('weak Diffie-Hellman parameters', async () => {
    const dhparam = path.join(bench.directory, 'weak.pem');
    const made = spawnSync('openssl', ['dhparam', '-dsaparam', '-out', dhparam, '1024']);
    assert.equal(made.status, 0);
    await assert.rejects(bench.hello({ dhparam }), /weak\.pem is too weak: 1024 bits, and at least 2048 are needed$/);
  });

  test('warns of what works now and not for long', async () => {
    const now = Date.now();
    const soon = await readTlsFiles(bench.server(), now + 29.5 * day);
    assert.match(String(soon.warnings), /^the TLS certificate expires in 0 days, on .* GMT$/);
    const early = await readTlsFiles(bench.server(), now - 30 * day);
    assert.match(String(early.warnings), /^the TLS certificate is not valid before .* GMT$/);
    await assert.rejects(readTlsFiles(bench.server(), now + 31 * day), /has expired/);
  });

  test('warns of a certificate without its intermediate', async () => {
    const config = path.join(bench.directory, 'aia.cnf');
    await fs.writeFile(config, 'authorityInfoAccess=caIssuers;URI:http://ca.example/ca.der\n');
    const at = (name: string): string => path.join(bench.directory, name);
    const request = ['req', '-new', '-key', bench.files.serverKey, '-subj', '/CN=aia', '-out', at('aia.csr')];
    const authority = ['-CA', bench.files.intermediate, '-CAkey', at('intermediate.key'), '-set_serial', '9'];
    const issue = ['x509', '-req', '-in', at('aia.csr'), ...authority, '-days', '90', '-extfile', config];
    assert.equal(spawnSync('openssl', request).status, 0);
    assert.equal(spawnSync('openssl', [...issue, '-out', at('aia.pem')]).status, 0);
    const alone = await readTlsFiles({ key: bench.files.serverKey, certificate: at('aia.pem') });
    assert.match(String(alone.warnings), /without that of its issuer "CN=intermediate": /);
    const whole = bench.server({ certificate: at('aia.pem') });
    assert.deepEqual((await readTlsFiles(whole)).warnings, []);
  });
});

describe('IPv6', { skip: SKIP, timeout: 30_000 }, () => {
  test('TLS works there too', async (t) => {
    const opened = await bench.hello({}, { interface: '::1', version: 6 }).catch((error: Error) => error);
    if (opened instanceof Error) return t.skip('no IPv6 on this machine');
    const ca = await fs.readFile(bench.files.ca);
    const socket = connectTls({ host: '::1', port: opened.port, ca, servername: 'localhost' });
    assert.equal(await said(socket), 'hello');
  });
});
