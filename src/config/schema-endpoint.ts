/** Listening endpoints: Crossbar's "Transport Endpoints". */
import * as z from 'zod';
import { VARIABLE } from './environment.ts';
import { notYet, pythonOnly } from './refusals.ts';
import { byType, type Config, flag, integer, listOf, nonEmpty, oneOf, strict, text } from './schema-basics.ts';

/** Marks the schemas whose numbers may be given as an environment variable; `json-schema.ts` reads it. */
export const FROM_ENVIRONMENT = 'fromEnvironment';

const port = integer(0, 65_535);

const tls = strict('TLS settings', {
  key: nonEmpty('the path of a file').describe('Private key: PEM file, not encrypted, relative to the node directory.'),
  certificate: nonEmpty('the path of a file').describe('Server certificate: PEM file, relative to the node directory.'),
  chain_certificates: listOf(nonEmpty('the path of a file'), 'paths of PEM files')
    .exactOptional()
    .describe('Intermediate certificates, sent along with the certificate.'),
  dhparam: nonEmpty('the path of a file').exactOptional().describe('Diffie-Hellman parameters: PEM file.'),
  ciphers: nonEmpty('a list of ciphers in the form of OpenSSL')
    .exactOptional()
    .describe('Allowed ciphers, as OpenSSL writes them.'),
  ca_certificates: listOf(nonEmpty('the path of a file'), 'paths of PEM files')
    .exactOptional()
    .describe('Authorities whose client certificates are accepted. Where set, clients need a certificate.'),
  client_certificates: oneOf(['required', 'optional'])
    .default('required')
    .describe(
      'With `ca_certificates`: "optional" lets in clients without a certificate too, for other authmethods. Default "required". Not in Crossbar.',
    ),
  min_version: oneOf(['1.1', '1.2', '1.3'])
    .default('1.2')
    .describe('Oldest version of TLS. Default "1.2". "1.1" is insecure, for old devices. Not in Crossbar.'),
  max_version: oneOf(['1.2', '1.3']).default('1.3').describe('Newest version of TLS. Default "1.3". Not in Crossbar.'),
})
  .superRefine(({ min_version, max_version }, { addIssue }) => {
    if (min_version <= max_version) return;
    addIssue({ code: 'custom', path: ['min_version'], message: `expected at most "max_version" ("${max_version}")` });
  })
  .describe('TLS of a listening endpoint. Changed files are read anew without a restart.');

const tcpEndpoint = strict('an endpoint', {
  type: z.literal('tcp'),
  version: z
    .union([z.literal(4), z.literal(6)], { error: 'expected 4 or 6' })
    .default(4)
    .describe('Version of IP. Default 4.'),
  port: port
    .meta({ [FROM_ENVIRONMENT]: true })
    .exactOptional()
    .describe('Port to listen on; "$NAME" takes it from the environment; 0 is any free port.'),
  portrange: z
    .tuple([port, port], { error: 'expected a list of two ports' })
    .exactOptional()
    .describe('Instead of `port`: first and last port to try; the first free one is used.'),
  interface: text('an address of this machine')
    .exactOptional()
    .describe('Address to listen on, such as "127.0.0.1". Default: all interfaces.'),
  backlog: integer(1, 65_535).exactOptional().describe('Length of the queue of connections not yet accepted.'),
  shared: flag().default(false).describe('Share the port between workers. Has no effect here.'),
  user_timeout: integer(0, 65_535).exactOptional().describe('TCP_USER_TIMEOUT. Has no effect here.'),
  tls: tls.exactOptional(),
});

const unixEndpoint = strict('an endpoint', {
  type: z.literal('unix'),
  path: nonEmpty('the path of a socket').describe(
    `Unix domain socket, relative to the node directory; $NAME and ${VARIABLE} in it are taken from the environment.`,
  ),
  backlog: integer(1, 65_535).exactOptional().describe('Length of the queue of connections not yet accepted.'),
});

export const listeningEndpoint = byType(
  'an endpoint',
  ['tcp', 'unix'],
  [tcpEndpoint, unixEndpoint],
  new Map([...notYet('onion'), ['twisted', pythonOnly('Twisted\'s endpoint strings; use "tcp" or "unix"')] as const]),
).meta({ id: 'endpoint', description: 'Where a transport listens.' });

export type EndpointConfig = Config<typeof listeningEndpoint>;
