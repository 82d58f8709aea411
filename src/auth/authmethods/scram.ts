import type { Dict } from '../../wamp/dict.ts';
import { ERRORS } from '../../wamp/errors.ts';
import { saslprep } from '../../wamp/saslprep.ts';
import { authDetails } from '../authenticator.ts';
import type { AuthMethod, AuthMethodModule, AuthMethodParts, Hello } from '../authmethod.ts';
import {
  type BindingRule,
  type BindingType,
  channelData,
  requestedBinding,
  unboundChannel,
} from '../channel-binding.ts';
import { noPendingAuthentication } from '../denials.ts';
import { type Accept, type Deny, deny, type Outcome } from '../outcome.ts';
import { conclude, type Principal } from '../principal.ts';
import type { StepSignal } from '../step-signal.ts';
import { compileVerifiers, type ScramStatic } from './scram-static.ts';
import { type ScramDerivation, ScramVerifier } from './scram-verifier.ts';

const NAME = 'scram';

/** Bytes of a client's nonce. */
const NONCE = { least: 16, most: 256 };

/** Bytes that the router adds to it. */
const OWN_NONCE = 16;

/** The client asks for no channel binding: `n,,`. Crossbar and its clients have an empty text for it. */
const UNBOUND = ['', base64(Buffer.from('n,,'))];

/**
 * [WAMP: Salted Challenge Response Authentication; RFC 5802; RFC 7677] Crossbar: "scram". The client
 * proves that it knows a password of which the router has only derived keys, and the router that it has those.
 */
export const SCRAM: AuthMethodModule<ScramStatic> = {
  name: NAME,
  compileStatic: compileVerifiers,
  start: (parts) => new Scram(parts),
};

interface Pending {
  readonly principal: Principal;
  readonly verifier: ScramVerifier;
  readonly nonce: string;
  readonly binding: Binding | null;
  readonly messages: readonly string[];
}

class Scram implements AuthMethod {
  readonly #parts: AuthMethodParts;
  #pending: Pending | null = null;

  constructor(parts: AuthMethodParts) {
    this.#parts = parts;
  }

  async hello(hello: Hello, signal: StepSignal): Promise<Outcome> {
    const { assign, authenticator, defaultRole, random } = this.#parts;
    const opening = openingOf(hello, this.#parts.channelBinding);
    if ('kind' in opening) return opening;
    const { realm, authid } = hello;
    const answer = await authenticator.authenticate(realm, authid, authDetails(hello, NAME), signal);
    const principal = assign(answer, { realm, authid, defaultRole });
    if (principal.kind === 'deny') return principal;
    const own = principal.credentials['verifier'];
    // A table has its verifiers prepared; whatever comes over the wire is text, or unusable.
    const verifier = own instanceof ScramVerifier ? own : ScramVerifier.of(principal.credentials);

    const nonce = Buffer.concat([opening.nonce, random(OWN_NONCE)]).toString('base64');
    const { kdf, iterations, memory, salt } = verifier.derivation;
    const messages = messagesOf(opening, nonce, verifier.derivation);
    this.#pending = { principal, verifier, nonce, binding: opening.binding, messages };
    return {
      kind: 'challenge',
      authmethod: NAME,
      // Autobahn takes these keys and no others, and no null.
      extra: { nonce, kdf, salt: base64(salt), iterations, ...(memory !== null && { memory }) },
    };
  }

  async authenticate(signature: string, extra: Dict): Promise<Accept | Deny> {
    const pending = this.#pending;
    if (pending === null) return noPendingAuthentication();
    this.#pending = null;
    const { principal, verifier, nonce, binding, messages } = pending;
    const proof = canonicalBase64(signature);
    const verified = proof === null ? null : verifier.verify(proof, messages);
    // What is wrong whoever the client is comes first: that the proof is right is told by nothing but WELCOME.
    const wrong = proof === null ? 'invalid-encoding' : wrongIn(extra, nonce, binding);
    if (wrong !== null || verified === null) return denied('SCRAM authentication failed', wrong ?? 'invalid-proof');
    // The first name is Crossbar's, the second WAMP's.
    const authextra = { ...principal.authextra, scram_server_signature: verified, verifier: verified };
    return conclude({ ...principal, authextra }, NAME, this.#parts.authenticator.provider);
  }
}

/** What a client says to begin with. */
interface Opening {
  /** As it was prepared for comparison. */
  readonly name: string;
  readonly nonce: Uint8Array;
  readonly binding: Binding | null;
}

/** What a login is bound to. [RFC 5802, 6] */
interface Binding {
  readonly type: BindingType;
  readonly data: Uint8Array;
}

/**
 * What is wrong, for clients that understand it. An unknown user fares as a wrong password does: `invalid-proof`, never
 * `unknown-user`. [RFC 5802, 7: server-error-value]
 */
type ScramError =
  | 'channel-binding-not-supported'
  | 'channel-bindings-dont-match'
  | 'invalid-encoding'
  | 'invalid-proof'
  | 'invalid-username-encoding'
  | 'other-error'
  | 'server-does-support-channel-binding'
  | 'unsupported-channel-binding-type';

/** Refusals here are the same for everybody, known or not. */
function openingOf({ authid, authextra, channel }: Hello, rule: BindingRule): Opening | Deny {
  if (authid === null || authid === '') return denied('cannot identify client: no authid requested', 'other-error');
  const name = saslprep(authid);
  if (name === null) return denied('the authid holds characters that are prohibited here', 'invalid-username-encoding');
  const said = authextra?.['nonce'] ?? null;
  if (said === null) return denied('client must send a nonce', 'other-error');
  const nonce = typeof said === 'string' ? canonicalBase64(said) : null;
  if (nonce === null) return denied('client nonce must be base64', 'invalid-encoding');
  if (nonce.length < NONCE.least || nonce.length > NONCE.most) {
    return denied(`client nonce must have ${NONCE.least} to ${NONCE.most} bytes`, 'other-error');
  }
  const type = requestedBinding(authextra, rule);
  if (type === null) return { name, nonce, binding: null };
  if (typeof type === 'object') {
    const asked = (authextra?.['channel_binding'] ?? null) !== null;
    return told(type, asked ? 'unsupported-channel-binding-type' : 'server-does-support-channel-binding');
  }
  const data = channelData(channel, type);
  // [RFC 5802, 6] A server that cannot bind as asked for must not go on.
  return data === null
    ? told(unboundChannel(type), 'channel-binding-not-supported')
    : { name, nonce, binding: { type, data } };
}

/**
 * What the proof is made over, in all spellings that clients have: they differ in how they say that no
 * channel is bound, and in whether they escape a name. [RFC 5802, 5.1]
 */
function messagesOf(
  { name, nonce: own, binding: bound }: Opening,
  nonce: string,
  { salt, iterations }: ScramDerivation,
): string[] {
  const bindings = bound === null ? UNBOUND : [base64(Buffer.concat([Buffer.from(`p=${bound.type},,`), bound.data]))];
  const escaped = name.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return [...new Set([name, escaped])].flatMap((written) =>
    bindings.map((binding) => {
      const first = `n=${written},r=${base64(own)},r=${nonce},s=${base64(salt)},i=${iterations}`;
      return `${first},c=${binding},r=${nonce}`;
    }),
  );
}

/** What of the rest of the answer does not fit the challenge, or null; Autobahn leaves all of it out. (K10) */
function wrongIn(extra: Dict, nonce: string, binding: Binding | null): ScramError | null {
  const type = extra['channel_binding'] ?? null;
  const data = extra['cbind_data'] ?? null;
  const bound = binding === null ? type === null && data === null : isSameBinding(binding, type, data);
  if (!bound) return 'channel-bindings-dont-match';
  return (extra['nonce'] ?? nonce) === nonce ? null : 'other-error';
}

/** The data are no secret, and the proof has been made over ours. */
function isSameBinding(binding: Binding, type: unknown, data: unknown): boolean {
  return type === binding.type && data === base64(binding.data);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** The bytes of a text in base64, or null where it is not, or in a way that nobody writes it. */
function canonicalBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function denied(message: string, error: ScramError): Deny {
  return told(deny(ERRORS.notAuthorized.uri, message), error);
}

/** [WAMP: SCRAM, Final Server Authentication Message - Failure] `ABORT.Details.scram` */
function told(denied: Deny, scram: ScramError): Deny {
  return { ...denied, details: { scram } };
}
