import { ProofError } from '../client/client-auth.ts';
import { Proofs } from '../client/proofs.ts';
import { type Dict, isDict } from '../wamp/dict.ts';
import { Msg } from '../wamp/messages.ts';
import { Deviation } from './deviation.ts';
import type { Login } from './login.ts';
import { describeMessage } from './message-pattern.ts';
import type { RawPeer } from './raw-peer.ts';
import { announcedBy } from './spec-features.ts';
import type { Target } from './target.ts';

/**
 * HELLO up to WELCOME, which is returned.
 * @throws Missing where nothing comes; Deviation where it is something else
 */
export async function joinRealm(
  peer: RawPeer,
  { realm, login, timeout }: Pick<Target, 'realm' | 'login' | 'timeout'>,
  without: readonly string[],
): Promise<unknown[]> {
  const details: Dict = { roles: announcedBy(without), agent: 'turnpike-conformance' };
  return login === null
    ? welcomed(peer, [Msg.HELLO, realm, details], timeout)
    : logIn(peer, { realm, login, timeout }, details);
}

async function welcomed(peer: RawPeer, message: readonly unknown[], timeout: number): Promise<unknown[]> {
  peer.send(message);
  const answer = await peer.next(timeout);
  if (answer[0] !== Msg.WELCOME) throw new Deviation(`WELCOME expected, got ${describeMessage(answer)}`);
  return answer;
}

async function logIn(
  peer: RawPeer,
  { realm, login, timeout }: { readonly realm: string; readonly login: Login; readonly timeout: number },
  details: Dict,
): Promise<unknown[]> {
  const { authid, auth } = login;
  try {
    const proofs = new Proofs([auth], { authid, channel: peer.channel });
    const authextra = proofs.authextraWith(undefined);
    const own = {
      authmethods: [auth.method],
      ...(authid !== null && { authid }),
      ...(authextra !== undefined && { authextra }),
    };
    peer.send([Msg.HELLO, realm, { ...details, ...own }]);
    const [code, method, extra] = await peer.next(timeout);
    if (code !== Msg.CHALLENGE || typeof method !== 'string' || !isDict(extra)) {
      throw new Deviation(`CHALLENGE expected, got ${describeMessage([code, method, extra])}`);
    }
    const answer = await proofs.answer(method, extra);
    const { signature, extra: more = {} } = typeof answer === 'string' ? { signature: answer } : answer;
    const welcome = await welcomed(peer, [Msg.AUTHENTICATE, signature, more], timeout);
    proofs.checkRouter(isDict(welcome[2]) ? welcome[2] : {});
    return welcome;
  } catch (cause) {
    if (cause instanceof ProofError) throw new Deviation(`the login goes on no further: ${cause.message}`, { cause });
    throw cause;
  }
}
