import { UniformPermissions } from '../../src/authorization/permissions.ts';
import type { Member } from '../../src/router/member.ts';
import { Realm, type RealmOptions } from '../../src/router/realm.ts';
import type { Role } from '../../src/router/role.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { message, RecordingPeer } from '../support/recording-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';

export const OPEN: Role = { name: 'open', authorizer: new UniformPermissions(true, false) };
export const CLOSED: Role = { name: 'closed', authorizer: new UniformPermissions(false, false) };
export const DISCLOSING: Role = { name: 'disclosing', authorizer: new UniformPermissions(true, true) };

/** A session on the realm of the test. */
export interface Seat {
  readonly peer: RecordingPeer;
  readonly member: Member;
}

/** The realm of the test that runs: `newRealm` before each. */
export let realm: Realm;
/** The time of that realm. */
export let clock: FakeClock;
let sessions = 0;

export function newRealm(options: Partial<RealmOptions> = {}): void {
  sessions = 0;
  clock = new FakeClock();
  realm = new Realm(
    { name: 'realm1', roles: [OPEN, CLOSED, DISCLOSING], ...options },
    { clock, ids: countingIds(), log: SILENT },
  );
}

export function sit(role: Role = OPEN, more: { authid?: string; features?: readonly string[] } = {}): Seat {
  const peer = new RecordingPeer(++sessions, role, more);
  return { peer, member: realm.join(peer) };
}

export function does(seat: Seat, code: number, fields: Parameters<typeof message>[1]): void {
  realm.process(seat.member, message(code, fields));
}

export function register(seat: Seat, procedure: string, dict = {}): void {
  does(seat, Msg.REGISTER, { first: 900, text: procedure, dict });
}

/** What a session was sent since the last look, by name. */
export function names(seat: Seat): string[] {
  return seat.peer.take().map((sent) => sent.name);
}
