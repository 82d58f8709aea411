/** `auth.anonymous-proxy` and `auth.cryptosign-proxy`: for backends of proxies, which say who their clients are. */
import * as z from 'zod';
import { askingWith, channelBinding, TYPES } from './schema-authenticator.ts';
import { byType, mapOf, strict } from './schema-basics.ts';
import { cryptosignPrincipal } from './schema-cryptosign.ts';

const NEEDED =
  'expected "proxy_backend": true. Whoever reaches this transport names any user and role: say that only your proxies can';

const proxyBackend = z
  .literal(true, { error: NEEDED })
  .describe(
    'Says that only proxies of yours reach this transport, which must be a Unix socket or use TLS with `ca_certificates`. Not in Crossbar.',
  );

export const anonymousProxy = byType('an authmethod', TYPES, [
  strict('static anonymous-proxy authentication', {
    type: z.literal('static'),
    proxy_backend: proxyBackend,
  }).describe('What the proxy says counts.'),
  ...askingWith({ proxy_backend: proxyBackend }),
]);

export const cryptosignProxy = byType('an authmethod', TYPES, [
  strict('static cryptosign-proxy authentication', {
    type: z.literal('static'),
    principals: mapOf(cryptosignPrincipal, 'principals by authid').describe(
      'The proxies by authid, with their keys. `role` and `realm` have no effect, as in Crossbar: the proxy names those of its client.',
    ),
    proxy_backend: proxyBackend,
    channel_binding: channelBinding,
  }).describe('The proxies are listed here.'),
  ...askingWith({ proxy_backend: proxyBackend, channel_binding: channelBinding }),
]);
