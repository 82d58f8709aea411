/** Whoever comes in as a proxy is believed: so nobody else may be able to (K13). */
import { errorAt, type Finding } from './finding.ts';
import { type Item, itemAt, type TransportOutline, textOf, type WorkerOutline } from './outline.ts';

const PROXY_METHODS: ReadonlySet<string> = new Set(['anonymous-proxy', 'cryptosign-proxy']);

export function checkProxies({ transports }: WorkerOutline): Finding[] {
  return transports.flatMap((transport) => {
    if (isClosed(transport)) return [];
    const methods = transport.entrances.flatMap((entrance) => entrance.methods);
    return methods
      .filter(({ method }) => PROXY_METHODS.has(method))
      .map(({ path }) => ({ ...open(path), atKey: true }));
  });
}

function open(path: Item['path']): Finding {
  const message =
    'needs an endpoint that only proxies can reach: a Unix socket, or "tls" with "ca_certificates" and client certificates that are not optional';
  return errorAt(path, message);
}

/** Whether its endpoint lets in only who has access to a file, or a certificate. */
function isClosed({ endpoint }: TransportOutline): boolean {
  if (endpoint === null || textOf(endpoint, 'type') === 'unix') return true;
  const tls = itemAt(endpoint, 'tls');
  const authorities = tls?.fields['ca_certificates'];
  const asked = Array.isArray(authorities) && authorities.length > 0;
  return tls !== null && asked && textOf(tls, 'client_certificates') !== 'optional';
}
