import { type ClientAuth, ProofError, unexpectedChallenge } from '../client-auth.ts';

const NAME = 'tls';

/**
 * Logs in by the client's TLS certificate, which `connect` is given as `tls.certificate` and `tls.key`.
 *
 * @example
 * const tlsFiles = { certificate: 'joe.crt', key: 'joe.pem', caCertificates: ['ca.crt'] };
 * const session = await connect({ url: 'wss://…', realm: 'realm1', tls: tlsFiles, auth: tls() });
 */
export function tls(): ClientAuth {
  return {
    method: NAME,
    begin({ channel }) {
      if (channel === null) throw new ProofError('a login by TLS certificate needs a connection with TLS (wss, rss)');
      return { answer: () => unexpectedChallenge(NAME) };
    },
  };
}
