/** `npm run differential`: the same logins against Crossbar.io and against ours. `--help` says more. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CookieKeeper } from '../../src/client/auth/cookie.ts';
import { type Certificates, makeCertificates } from '../transports/endpoint-certificates.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { AuthenticatorComponent } from './authenticator.ts';
import type { Case, Scene } from './cases.ts';
import { compare, type Difference } from './compare.ts';
import { DYNAMIC_CASES } from './dynamic-cases.ts';
import { HELLO_CASES } from './hello-cases.ts';
import { knownAs, outdated } from './known-differences.ts';
import { AUTH_REALM, nodeConfig, type Ports, REALM } from './node-config.ts';
import { normalise } from './normalise.ts';
import { PROXY_CASES } from './proxy-cases.ts';
import { freePorts, installCrossbar, type RouterName, startRouter } from './routers.ts';
import { STATIC_CASES } from './static-cases.ts';
import { type Transcript, Visit } from './visit.ts';

const ALL: readonly Case[] = [...HELLO_CASES, ...STATIC_CASES, ...DYNAMIC_CASES, ...PROXY_CASES];

const HELP = `npm run differential -- [options]

Logs in to Crossbar.io and to Turnpike with the same configuration and the same messages, compares what both answer and
what they call authenticators with, and tells every difference that docs/differences-from-crossbar.md does not. Exit
code 1 where there is one. Needs openssl.

  --crossbar PATH   the command of Crossbar.io. Default: installed from PyPI into .venv/crossbar
  --only PREFIX     these cases; more than once for more of them
  --list            show the cases, and end
  --known           tell of known differences too
  --json FILE       write all differences as JSON
  --help            this
`;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

interface Setting {
  readonly ports: Ports;
  readonly files: Certificates;
}

/** Everything that a case opens is closed with it. */
function sceneOf({ way }: Case, { ports, files }: Setting, transcript: Transcript, visits: Visit[]): Scene {
  const cookies = new CookieKeeper();
  return {
    open: async (door, { cookie = false, certificate = false } = {}) => {
      const host = certificate ? `wss://localhost:${ports.secureWeb}` : `ws://127.0.0.1:${ports.web}`;
      const raw = `rs://127.0.0.1:${door === 'dynamic' ? ports.rawDynamic : ports.rawStatic}`;
      const url = way.transport === 'rawsocket' ? raw : `${host}/${door}`;
      const tls = { caCertificates: [files.ca], certificate: files.clientCertificate, key: files.clientKey };
      const more = { ...(cookie && { cookies }), ...(certificate && { tls }) };
      const visit = await Visit.open({ url, serializer: way.serializer, more }, transcript);
      visits.push(visit);
      return visit;
    },
  };
}

/** @returns what happened, by case */
async function runAll(cases: readonly Case[], setting: Setting): Promise<Map<string, Transcript>> {
  const door = `ws://127.0.0.1:${setting.ports.web}/decider`;
  const authenticators = [AUTH_REALM, REALM].map((realm) => new AuthenticatorComponent(door, realm));
  const transcripts = new Map<string, Transcript>();
  try {
    for (const one of cases) {
      const transcript: Transcript = [];
      for (const authenticator of authenticators) {
        await authenticator.ensure();
        authenticator.transcript = transcript;
      }
      const visits: Visit[] = [];
      try {
        await one.run(sceneOf(one, setting, transcript, visits));
      } catch (error) {
        transcript.push({ name: 'failed', value: { text: String(error) } });
      }
      for (const visit of visits) visit.cut();
      transcripts.set(one.id, normalise(transcript));
    }
  } finally {
    for (const authenticator of authenticators) authenticator.close();
  }
  return transcripts;
}

function fingerprint(certificate: string): string {
  const said = execFileSync('openssl', ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha1'], {
    encoding: 'utf8',
  });
  return said.slice(said.indexOf('=') + 1).trim();
}

async function differences(cases: readonly Case[], crossbar: string): Promise<Difference[]> {
  const { directory, remove } = await temporaryDirectory();
  try {
    const files = makeCertificates(directory);
    const [web = 0, secureWeb = 0, rawStatic = 0, rawDynamic = 0] = await freePorts(4);
    const ports = { web, secureWeb, rawStatic, rawDynamic };
    const config = nodeConfig(ports, files, fingerprint(files.clientCertificate));
    const runs = new Map<RouterName, Map<string, Transcript>>();
    for (const name of ['turnpike', 'crossbar'] as const) {
      say(`${name}: ${cases.length} cases`);
      const router = await startRouter(name, { config, directory, crossbar, port: rawDynamic });
      try {
        runs.set(name, await runAll(cases, { ports, files }));
      } finally {
        await router.stop();
      }
    }
    const of = (name: RouterName, id: string): Transcript => runs.get(name)?.get(id) ?? [];
    return cases.flatMap(({ id }) => compare(id, of('crossbar', id), of('turnpike', id)));
  } finally {
    await remove();
  }
}

const { values } = parseArgs({
  options: {
    crossbar: { type: 'string' },
    only: { type: 'string', multiple: true },
    list: { type: 'boolean' },
    known: { type: 'boolean' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const { only } = values;
const cases = ALL.filter(({ id }) => only === undefined || only.some((prefix) => id.startsWith(prefix)));
if (values.help === true) {
  process.stdout.write(HELP);
} else if (values.list === true) {
  process.stdout.write(cases.map(({ id }) => `${id}\n`).join(''));
} else {
  const found = await differences(cases, values.crossbar ?? (await installCrossbar()));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, null, 2));
  const unexpected = found.filter((difference) => knownAs(difference) === undefined);
  for (const { id, at, crossbar, turnpike } of values.known === true ? found : unexpected) {
    process.stdout.write(`${id}: ${at}\n  Crossbar.io: ${crossbar}\n  Turnpike:    ${turnpike}\n`);
  }
  const gone = only === undefined ? outdated(found) : [];
  for (const pattern of gone) process.stdout.write(`known, and not seen: ${JSON.stringify(pattern)}\n`);
  const same = cases.length - new Set(found.map(({ id }) => id)).size;
  const counts = `${cases.length} cases, ${same} without any difference; ${found.length} differences`;
  process.stdout.write(`${counts}, ${unexpected.length} of them unexpected\n`);
  process.exitCode = unexpected.length + gone.length > 0 ? 1 : 0;
}
