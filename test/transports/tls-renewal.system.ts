/** Certificates that are replaced while connections are open: nobody is cut off, the next one sees the new certificate. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { FakeClock } from '../support/fake-clock.ts';
import { type Certificates, hasOpenssl, makeCertificates } from './endpoint-certificates.ts';
import { TlsBench } from './endpoint-tls-bench.ts';

const SKIP = hasOpenssl() ? false : 'no `openssl` on this machine to make certificates with';
const bench = new TlsBench();
let first: Certificates;
let second: Certificates;

/** The pair of `files` in the places that the listener reads, one rename each. */
async function install(files: Certificates, ...what: readonly ('key' | 'certificate' | 'chain')[]): Promise<void> {
  const sources = { key: files.serverKey, certificate: files.serverCertificate, chain: files.intermediate };
  for (const each of what.length === 0 ? (['key', 'certificate', 'chain'] as const) : what) {
    const target = at(`live-${each}.pem`);
    await fs.copyFile(sources[each], `${target}.new`);
    await fs.rename(`${target}.new`, target);
  }
}

function at(name: string): string {
  return path.join(bench.directory, name);
}

const live = () => ({
  key: at('live-key.pem'),
  certificate: at('live-certificate.pem'),
  chainCertificates: [at('live-chain.pem')],
});

async function open(port: number): Promise<TLSSocket> {
  const ca = await Promise.all([first.ca, second.ca].map((file) => fs.readFile(file)));
  const socket = connectTls({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  return socket;
}

/** The fingerprint of the certificate that a newcomer sees. */
async function served(port: number): Promise<string> {
  const socket = await open(port);
  const seen = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  socket.destroy();
  return seen;
}

async function fingerprint(files: Certificates): Promise<string> {
  return new X509Certificate(await fs.readFile(files.serverCertificate)).fingerprint256;
}

before(async () => {
  if (SKIP !== false) return;
  await bench.start();
  first = bench.files;
  await fs.mkdir(at('second'));
  second = makeCertificates(at('second'));
});
after(() => bench.stop());

const echo = { onSocket: (socket: Socket) => void socket.pipe(socket) };

describe('TLS files that change', { skip: SKIP, timeout: 60_000 }, () => {
  test('renewed twenty times under traffic: no connection is lost, the next handshake sees the new one (G16)', async () => {
    await install(first);
    const { port, listener } = await bench.hello(live(), {}, echo);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(port)));
    let lost = 0;
    for (const socket of sockets) socket.on('close', () => lost++);
    for (let round = 0; round < 20; round++) {
      const files = round % 2 === 0 ? second : first;
      await install(files);
      const traffic = sockets.map((socket) => {
        socket.write(`round ${round}\n`);
        return once(socket, 'data');
      });
      assert.equal(await listener.reload(), true);
      assert.equal(await served(port), await fingerprint(files), `round ${round}`);
      for (const [data] of await Promise.all(traffic)) assert.equal(String(data), `round ${round}\n`);
    }
    assert.equal(lost, 0);
    for (const socket of sockets) socket.destroy();
  });

  /** Lets the next look at the files happen, and everything that comes of it. */
  async function look(clock: FakeClock): Promise<void> {
    const pending = clock.pending;
    clock.advance(5_000);
    for (let turns = 0; clock.pending < pending && turns < 10_000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test('are noticed unasked, when they stand still', async () => {
    await install(first);
    const clock = new FakeClock();
    const { port, lines } = await bench.hello(live(), {}, { ...echo, clock });
    await look(clock);
    assert.deepEqual(lines, []);
    await install(second);
    await look(clock);
    assert.equal(await served(port), await fingerprint(first), 'perhaps more is to come');
    await look(clock);
    assert.equal(await served(port), await fingerprint(second));
    assert.deepEqual(lines, ['info the TLS files have been read anew']);
  });

  test('half a renewal, rubbish and missing files leave the old pair in use, and are told of once', async () => {
    await install(first);
    const clock = new FakeClock();
    const { port, listener, lines } = await bench.hello(live(), {}, { ...echo, clock });
    const steps: readonly [() => Promise<void>, RegExp][] = [
      [() => install(second, 'certificate', 'chain'), /does not belong to the TLS certificate/],
      [() => fs.writeFile(at('live-certificate.pem'), '-----BEGIN CERT'), /holds no certificate in PEM$/],
      [() => fs.rm(at('live-certificate.pem')), /^error .*cannot read the TLS certificate/],
    ];
    for (const [change, reason] of steps) {
      await change();
      lines.length = 0;
      for (let looks = 0; looks < 4; looks++) await look(clock);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', reason);
      assert.equal(await served(port), await fingerprint(first));
    }
    assert.equal(await listener.reload(), false);
    assert.equal(await served(port), await fingerprint(first));
    await install(second);
    assert.equal(await listener.reload(), true);
    assert.equal(await served(port), await fingerprint(second));
  });

  test('a closed listener looks no more', async () => {
    await install(first);
    const clock = new FakeClock();
    const { listener } = await bench.hello(live(), {}, { ...echo, clock });
    assert.equal(clock.pending, 1);
    await listener.close();
    assert.equal(clock.pending, 0);
    assert.equal(await listener.reload(), false);
  });

  test('one that could not open its port looks no more either', async () => {
    await install(first);
    const { port } = await bench.hello(live());
    const clock = new FakeClock();
    await assert.rejects(bench.hello(live(), { port }, { clock }), /the address is in use/);
    assert.equal(clock.pending, 0);
  });
});
