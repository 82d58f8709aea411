import type { ClientSession } from '../../src/client/client-session.ts';
import type { JoinOptions } from '../../src/client/join-options.ts';
import { Joining } from '../../src/client/joining.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { memoryPair } from '../../src/transports/memory.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SCRIPTED_PROTOCOL, ScriptedPeer } from '../support/scripted-peer.ts';

export interface Attempt {
  readonly joining: Joining;
  /** The router's end. */
  readonly router: ScriptedPeer;
  readonly clock: FakeClock;
  /** What was reported to `onError`. */
  readonly reported: { error: unknown; where: string }[];
}

/** A client that has sent its HELLO. */
export function attempt(options: Partial<JoinOptions> = {}): Attempt {
  const clock = new FakeClock();
  const router = new ScriptedPeer();
  const reported: Attempt['reported'] = [];
  const onError = (error: unknown, where: string): void => void reported.push({ error, where });
  const joining = new Joining({ realm: 'realm1', onError, ...options }, { clock, flusher: new Flusher() });
  memoryPair({ protocol: SCRIPTED_PROTOCOL, peer: 'process:1', log: SILENT }, router.accept, joining.accept);
  return { joining, router, clock, reported };
}

export const WELCOME_DETAILS = {
  realm: 'realm1',
  authid: 'ada',
  authrole: 'user',
  authmethod: 'ticket',
  authprovider: 'dynamic',
  authextra: { 'my-custom-welcome-data': [1, 2, 3] },
  roles: { broker: {}, dealer: {} },
};

export interface Joined extends Attempt {
  readonly session: ClientSession;
}

/** A client that has been welcomed as session 7. */
export async function joined(options: Partial<JoinOptions> = {}): Promise<Joined> {
  const made = attempt(options);
  await made.router.expect('HELLO');
  made.router.send([2, 7, WELCOME_DETAILS]);
  return { ...made, session: await made.joining.session };
}
