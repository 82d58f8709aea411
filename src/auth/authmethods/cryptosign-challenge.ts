import type { Dict } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import type { AuthMethodParts, Hello } from '../authmethod.ts';
import { type BindingType, channelIds, requestedBinding, unboundChannel } from '../channel-binding.ts';
import { type Deny, deny } from '../outcome.ts';
import type { CryptosignKey } from './cryptosign-key.ts';

/** Bytes of a challenge, and of the id of a channel that it is bound to. */
const SIZE = 32;

/** What a client asks for in HELLO.authextra, beyond showing its key. */
export interface Opening {
  readonly kind: 'opening';
  readonly binding: BindingType | null;
  /** What its signature may be bound to; none without a binding. */
  readonly ids: readonly Uint8Array[];
  /** The client's own challenge, by which the router proves itself; null: it need not. */
  readonly challenge: Uint8Array | null;
}

/** One challenge, and what counts as its answer. */
export interface Signing {
  readonly extra: Dict;
  refuse(signature: string): Deny | null;
}

/** Looked at before an authenticator is asked: what cannot be had is refused at once. */
export function openingOf({ authextra, channel }: Hello, { channelBinding }: AuthMethodParts): Opening | Deny {
  const binding = requestedBinding(authextra, channelBinding);
  if (typeof binding === 'object' && binding !== null) return binding;
  const ids = binding === null ? [] : channelIds(channel, binding);
  if (binding !== null && ids.length === 0) return unboundChannel(binding);
  const asked = authextra?.['challenge'] ?? '';
  if (asked !== '' && !(typeof asked === 'string' && /^[0-9a-f]{64}$/i.test(asked))) {
    const text = `the challenge for the router must be ${SIZE} bytes, HEX encoded`;
    return deny(ERRORS.notAuthorized.uri, text);
  }
  return { kind: 'opening', binding, ids, challenge: asked === '' ? null : Buffer.from(asked, 'hex') };
}

/** The client signs the challenge, XOR the id of the channel where it is bound. [WAMP: Cryptosign-based Authentication] */
export function challengeFor(key: CryptosignKey, opening: Opening, parts: AuthMethodParts): Signing {
  const { binding, ids } = opening;
  const challenge = parts.random(SIZE);
  const expected = ids.length === 0 ? [challenge] : ids.map((id) => xor(challenge, id));
  return {
    extra: {
      challenge: Buffer.from(challenge).toString('hex'),
      channel_binding: binding,
      ...routersProof(opening, parts),
    },
    refuse: (signature) => key.refuse(signature, ...expected),
  };
}

/** The router's signature over the client's challenge, and what it signed; bound as the client's own will be. */
function routersProof({ challenge, ids: [id] }: Opening, { nodeKey }: AuthMethodParts): Dict {
  if (challenge === null) return {};
  const message = id === undefined ? challenge : xor(challenge, id);
  const signature = Buffer.concat([nodeKey.sign(message), message]).toString('hex');
  return { signature, pubkey: nodeKey.publicKey };
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, at) => byte ^ (right[at] ?? 0));
}
