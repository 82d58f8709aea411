import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { listen, type TlsListening } from '../../src/transports/endpoint.ts';
import { connectEndpoint, type TlsConnecting } from '../../src/transports/endpoint-connect.ts';
import { EndpointError } from '../../src/transports/endpoint-error.ts';
import { readTlsFiles } from '../../src/transports/tls-files.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { type RunningTransport, transportSuite } from '../suites/transport-suite.ts';
import { type Certificates, hasOpenssl } from './endpoint-certificates.ts';
import { said, TlsBench } from './endpoint-tls-bench.ts';
import { runRawSocket } from './rawsocket-harness.ts';

const SKIP = hasOpenssl() ? false : 'no `openssl` on this machine to make certificates with';

const bench = new TlsBench();
let files: Certificates;

before(async () => {
  if (SKIP !== false) return;
  await bench.start();
  files = bench.files;
});
after(() => bench.stop());

function dial(port: number, tls: TlsConnecting): Promise<Socket> {
  return connectEndpoint({ type: 'tcp', host: '127.0.0.1', port, tls }, SYSTEM_CLOCK);
}

/** What a client says first. */
async function clientHello(): Promise<Buffer> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  assert.ok(address !== null && typeof address === 'object');
  const speaker = connectTls({ host: '127.0.0.1', port: address.port, servername: 'localhost' });
  speaker.on('error', () => {});
  const [socket] = (await once(listener, 'connection')) as [Socket];
  const [said] = (await once(socket, 'data')) as [Buffer];
  speaker.destroy();
  socket.destroy();
  listener.close();
  return said;
}

/** A process that listens, closes its listener at a word, greets connections, and answers `bye` to their first bytes. */
async function startChild(): Promise<{ child: ChildProcessByStdio<Writable, Readable, null>; port: number }> {
  const module = new URL('../../src/transports/endpoint.js', import.meta.url);
  const script = `
    import { listen } from ${JSON.stringify(module.href)};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls: ${JSON.stringify(bench.server())} };
    const listener = await listen(endpoint, (socket) => {
      socket.write('hello');
      socket.once('data', () => socket.end('bye'));
    }, { clock: { setTimer: () => ({ cancel() {} }) }, log });
    console.log(listener.port);
    process.stdin.once('data', async () => {
      await listener.close();
      process.stdin.destroy();
      console.log('closed');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(port.toString()) };
}

describe('TLS listener', { skip: SKIP, timeout: 30_000 }, () => {
  test('serves its certificate with the chain, to openssl', async () => {
    const { port } = await bench.hello();
    const { output } = await bench.client(
      port,
      '-CAfile',
      files.ca,
      '-verify_return_error',
      '-verify_hostname',
      'localhost',
      '-ign_eof',
    );
    assert.match(output, /Verification: OK/);
    assert.match(output, /hello/);
  });

  test('lets TLS 1.2 and 1.3 in, 1.1 out', async () => {
    const { port, failures } = await bench.hello();
    for (const version of ['-tls1_2', '-tls1_3']) {
      const { output } = await bench.client(port, version, '-CAfile', files.ca, '-ign_eof');
      assert.match(output, /Verify return code: 0 \(ok\)/, version);
    }
    assert.equal(failures.length, 0);
    const { code } = await bench.client(port, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0', '-CAfile', files.ca);
    assert.notEqual(code, 0);
    assert.equal(failures.length, 1);
  });

  test('gives no tickets, so that no session is resumed', async () => {
    const { port } = await bench.hello();
    const { output } = await bench.client(port, '-tls1_2', '-CAfile', files.ca, '-ign_eof');
    assert.doesNotMatch(output, /TLS session ticket/);
  });

  test('speaks the configured ciphers only', async () => {
    const { port } = await bench.hello({ ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
    const good = await bench.client(
      port,
      '-tls1_2',
      '-cipher',
      'ECDHE-ECDSA-AES256-GCM-SHA384',
      '-CAfile',
      files.ca,
      '-ign_eof',
    );
    assert.match(good.output, /Cipher is ECDHE-ECDSA-AES256-GCM-SHA384/);
    const bad = await bench.client(port, '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256', '-CAfile', files.ca);
    assert.notEqual(bad.code, 0);
  });

  test('asks for no client certificate unless told to', async () => {
    const { port } = await bench.hello();
    const { output } = await bench.client(port, '-CAfile', files.ca, '-ign_eof');
    assert.match(output, /No client certificate CA names sent/);
  });

  test('takes only clients with a certificate of its authorities', async () => {
    const { port, failures } = await bench.hello({ caCertificates: [files.ca] });
    const base = { hostname: 'localhost', caCertificates: [files.ca] };
    const known = await dial(port, { ...base, key: files.clientKey, certificate: files.clientCertificate });
    assert.equal(await said(known), 'hello');
    assert.equal(failures.length, 0);
    // With TLS 1.3 the client learns of its refusal only after its own handshake.
    const none = await dial(port, base);
    assert.match(await said(none), /^(ERR_SSL|ECONNRESET|EPIPE)/);
    const stranger = await dial(port, { ...base, key: files.strangerKey, certificate: files.strangerCertificate });
    assert.match(await said(stranger), /^(ERR_SSL|ECONNRESET|EPIPE|$)/);
    assert.equal(failures.length, 2);
  });

  test('survives who does not speak TLS, and who resets within the handshake', async () => {
    const { port, failures } = await bench.hello();
    const junk = connect({ host: '127.0.0.1', port });
    junk.write('GET / HTTP/1.1\r\n\r\n');
    await said(junk);
    const resetting = connect({ host: '127.0.0.1', port });
    await once(resetting, 'connect');
    resetting.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
    resetting.resetAndDestroy();
    while (failures.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await said(await dial(port, { hostname: 'localhost', caCertificates: [files.ca] })), 'hello');
  });

  test('a peer within its TLS handshake does not hold up the end of the process', async () => {
    const { child, port } = await startChild();
    const idle = connect({ host: '127.0.0.1', port });
    await once(idle, 'connect');
    idle.on('error', () => {});
    idle.write(await clientHello());
    // Its answer proves that the child is in the middle of the handshake.
    await once(idle, 'data');
    const started = Date.now();
    child.stdin.write('close');
    const [code] = (await once(child, 'exit')) as [number];
    idle.destroy();
    assert.equal(code, 0);
    assert.ok(Date.now() - started < 4_000, 'the child waited for the handshake');
  });

  test('an established connection does hold it up', async () => {
    const { child, port } = await startChild();
    const socket = await dial(port, { hostname: 'localhost', caCertificates: [files.ca] });
    // The client is ready half a round trip before the server, whose greeting says that it is, too.
    assert.equal(String(await once(socket, 'data')), 'hello');
    child.stdin.write('close');
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(child.exitCode, null);
    socket.write('still there?');
    assert.equal(await said(socket), 'bye');
    const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode];
    assert.equal(code, 0);
  });
});

describe('TLS client', { skip: SKIP, timeout: 30_000 }, () => {
  test('trusts the named authorities for the named host only', async () => {
    const { port } = await bench.hello();
    const caCertificates = [files.ca];
    assert.equal(await said(await dial(port, { hostname: 'localhost', caCertificates })), 'hello');
    assert.equal(await said(await dial(port, { hostname: '127.0.0.1', caCertificates })), 'hello');
    for (const [tls, code] of [
      [{ hostname: 'example.org', caCertificates }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [{ hostname: '127.0.0.2', caCertificates }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [{ hostname: 'localhost', caCertificates: [files.strangerCertificate] }, /UNABLE_TO_(GET_ISSUER|VERIFY)/],
      [{ hostname: 'localhost' }, /SELF_SIGNED|UNABLE_TO/],
    ] as const) {
      await assert.rejects(dial(port, tls), (error) => {
        assert.ok(error instanceof EndpointError);
        assert.ok(typeof code === 'string' ? error.code === code : code.test(error.code), error.code);
        assert.ok(error.message.startsWith(`cannot connect to tcp 127.0.0.1:${port}: `));
        return true;
      });
    }
  });
});

describe('readTlsFiles', { skip: SKIP, timeout: 30_000 }, () => {
  const cases: readonly (readonly [string, () => Partial<TlsListening>, RegExp])[] = [
    [
      'a missing key',
      () => ({ key: '/nowhere/x.key' }),
      /^cannot read the TLS key \/nowhere\/x\.key: there is no such file/,
    ],
    ['a directory', () => ({ certificate: '/' }), /^cannot read the TLS certificate \/: it is a directory \(EISDIR\)$/],
    [
      'an encrypted key',
      () => ({ key: files.encryptedKey }),
      /encrypted\.key is encrypted: it must be stored unencrypted$/,
    ],
    ['a traditional encrypted key', () => ({ key: files.traditionalKey }), /traditional\.key is encrypted/],
    ['a key that is a certificate', () => ({ key: files.ca }), /^the TLS key .*ca\.pem is not a private key in PEM$/],
    [
      'a certificate that is a key',
      () => ({ certificate: files.serverKey }),
      /server\.key holds no certificate in PEM$/,
    ],
    [
      'a key of another certificate',
      () => ({ key: files.clientKey }),
      /^the TLS key .*client\.key does not belong to the TLS certificate .*server\.pem$/,
    ],
    [
      'a missing chain',
      () => ({ chainCertificates: ['/nowhere/c.pem'] }),
      /^cannot read the TLS chain certificate \/nowhere\/c\.pem/,
    ],
    [
      'a missing authority',
      () => ({ caCertificates: ['/nowhere/a.pem'] }),
      /^cannot read the TLS CA certificate \/nowhere\/a\.pem/,
    ],
    [
      'an authority that is none',
      () => ({ caCertificates: [files.serverKey] }),
      /^the TLS CA certificate .*server\.key holds no certificate/,
    ],
    ['unknown ciphers', () => ({ ciphers: 'NO-SUCH-CIPHER' }), /^OpenSSL refuses the TLS ciphers "NO-SUCH-CIPHER": /],
    [
      'parameters that are none',
      () => ({ dhparam: files.ca }),
      /^the TLS dhparam .*ca\.pem holds no Diffie-Hellman parameters in PEM$/,
    ],
    ['missing parameters', () => ({ dhparam: '/nowhere/dh.pem' }), /^cannot read the TLS dhparam \/nowhere\/dh\.pem/],
  ];
  for (const [name, more, message] of cases) {
    test(`names the file: ${name}`, async () => {
      await assert.rejects(readTlsFiles(bench.server(more())), (error) => {
        assert.ok(error instanceof EndpointError, String(error));
        assert.match(error.message, message);
        assert.ok(!error.message.includes('\n') && !error.message.includes('PRIVATE KEY'));
        return true;
      });
    });
  }

  test('a damaged certificate', async () => {
    const damaged = path.join(bench.directory, 'damaged.pem');
    const pem = await fs.readFile(files.serverCertificate, 'latin1');
    await fs.writeFile(damaged, pem.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'));
    await assert.rejects(
      readTlsFiles(bench.server({ certificate: damaged })),
      /^EndpointError: the TLS certificate .* is damaged: /,
    );
  });

  test('a key without its certificate', async () => {
    await assert.rejects(readTlsFiles({ key: files.serverKey }), /only of use together$/);
  });

  test('an error of the listener is the same sentence', async () => {
    const tls = bench.server({ key: '/nowhere/x.key' });
    await assert.rejects(
      listen({ type: 'tcp', interface: '127.0.0.1', port: 0, tls }, () => {}, { clock: SYSTEM_CLOCK, log: SILENT }),
      /^EndpointError: cannot read the TLS key \/nowhere\/x\.key: there is no such file or directory \(ENOENT\)$/,
    );
  });
});

if (SKIP === false) {
  transportSuite({
    name: 'RawSocket over TLS',
    start: async (): Promise<RunningTransport> => {
      const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls: bench.server() } as const;
      return runRawSocket(endpoint, { hostname: 'localhost', caCertificates: [files.ca] });
    },
  });
}
