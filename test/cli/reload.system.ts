import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { TURNPIKE_PROGRAM } from '../support/turnpike-program.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { ProgramProcess } from './program-process.ts';

const SKIP = hasOpenssl() ? false : 'no openssl on this machine';

let cwd = '';
let node: ProgramProcess | null = null;
let first: Certificates;
let second: Certificates;

function install({ serverKey, serverCertificate, intermediate }: Certificates): void {
  copyFileSync(serverKey, join(cwd, '.turnpike', 'server.key'));
  copyFileSync(serverCertificate, join(cwd, '.turnpike', 'server.crt'));
  copyFileSync(intermediate, join(cwd, '.turnpike', 'chain.crt'));
}

function fingerprint({ serverCertificate }: Certificates): string {
  return new X509Certificate(readFileSync(serverCertificate)).fingerprint256;
}

async function served(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const seen = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  socket.destroy();
  return seen;
}

before(() => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-reload-'));
  if (SKIP !== false) return;
  for (const name of ['.turnpike', 'first', 'second']) mkdirSync(join(cwd, name));
  first = makeCertificates(join(cwd, 'first'));
  second = makeCertificates(join(cwd, 'second'));
});

after(async () => {
  node?.kill('SIGKILL');
  await node?.ended();
  rmSync(cwd, { recursive: true });
});

describe('SIGHUP to a node', { skip: SKIP, timeout: 60_000 }, () => {
  it('brings the new certificate to its workers, and good ones stay where the new are bad', async () => {
    const tls = { key: 'server.key', certificate: 'server.crt', chain_certificates: ['chain.crt'] };
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls };
    const workers = [{ type: 'router', realms: [], transports: [{ type: 'rawsocket', endpoint }] }];
    writeFileSync(join(cwd, '.turnpike', 'config.json'), JSON.stringify({ version: 2, workers }));
    install(first);
    node = new ProgramProcess(TURNPIKE_PROGRAM, ['start', '--logformat', 'json'], { cwd });
    await node.until(/node ready/);
    const port = Number(/listening on rss:\/\/127\.0\.0\.1:(\d+)/.exec(node.all)?.[1]);
    assert.equal(await served(port), fingerprint(first));
    install(second);
    node.kill('SIGHUP');
    await node.until(/the TLS files have been read anew/);
    assert.equal(await served(port), fingerprint(second));
    writeFileSync(join(cwd, '.turnpike', 'server.key'), 'half a key');
    node.kill('SIGHUP');
    await node.until(/server\.key is not a private key in PEM/);
    assert.equal(await served(port), fingerprint(second));
    node.kill('SIGINT');
    assert.equal(await node.ended(), 0);
  });
});
