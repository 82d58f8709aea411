/**
 * A router on WebSocket and RawSocket for clients that say just what a test says: some transports list their users, others
 * ask an authenticator that never answers.
 */
import assert from 'node:assert/strict';
import { createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { CANARY, PUBLIC_KEY, SCRAM_CREDENTIALS } from '../auth/proofs.ts';
import type { WireMessage } from '../support/scripted-peer.ts';
import { LogLines } from './log-lines.ts';
import { connectPeer, type Peer } from './raw-peer.ts';

export const CARRIERS = ['websocket', 'rawsocket'] as const;
export type Carrier = (typeof CARRIERS)[number];

/** Who decides at a transport: a table of users, or the authenticator. */
const DOORS = ['table', 'authenticator'] as const;
export type Door = (typeof DOORS)[number];

/** Of `user1`, whatever it logs in by. */
export const TICKET = CANARY;
const ROLES = { caller: {}, callee: {}, subscriber: {}, publisher: {} };

/** How often a test looks, at most, before it gives up: turns of the event loop. */
const TURNS = 100_000;

export function helloBy(authmethods: unknown, more: object = {}): WireMessage {
  return [1, 'realm1', { roles: ROLES, authmethods, authid: 'user1', ...more }];
}

export class DoorsBench {
  readonly lines = new LogLines();
  /** Calls of the authenticator: what tells it that nobody waits for its answer any more. */
  calls: AbortSignal[] = [];
  #router!: EmbeddedRouter;
  #onCall: (args: readonly unknown[]) => void = () => {};
  readonly #peers = new Set<Peer>();

  async start(): Promise<void> {
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const permissions = [{ uri: '*', allow: { call: true, register: true, publish: true, subscribe: true } }];
    const asked = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
    const auths: { readonly [Name in Door]: object } = {
      table: {
        ticket: { type: 'static', principals: { user1: { ticket: TICKET, role: 'user' } } },
        wampcra: { type: 'static', users: { user1: { secret: TICKET, role: 'user' } } },
        scram: { type: 'static', principals: { user1: { ...SCRAM_CREDENTIALS, role: 'user' } } },
        cryptosign: { type: 'static', principals: { user1: { authorized_keys: [PUBLIC_KEY], role: 'user' } } },
      },
      authenticator: { anonymous: asked, ticket: asked },
    };
    const options = { max_failed_logins: 0 };
    this.#router = await createRouter(
      {
        realms: [
          { name: 'realm1', roles: [{ name: 'user', permissions }] },
          { name: 'realm-auth', roles: [] },
        ],
        transports: DOORS.flatMap((door) => CARRIERS.map((type) => ({ type, endpoint, auth: auths[door], options }))),
      },
      { log: this.lines.log },
    );
    const authenticator = await this.#router.join({ realm: 'realm-auth' });
    await authenticator.register('com.example.authenticate', (args, _kwargs, { signal }) => {
      this.calls.push(signal);
      this.#onCall(args);
      return new Promise<never>(() => {});
    });
  }

  stop(): Promise<void> {
    return this.#router.close();
  }

  async connect(carrier: Carrier, door: Door = 'table'): Promise<Peer> {
    const port = this.#router.ports[DOORS.indexOf(door) * CARRIERS.length + CARRIERS.indexOf(carrier)] ?? 0;
    const peer = await connectPeer({ type: carrier, port });
    this.#peers.add(peer);
    return peer;
  }

  /** Resolves when the authenticator is called next, with its arguments. */
  called(): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.#onCall = resolve;
    });
  }

  /** All clients leave, and nothing is left of them. @returns how often the authenticator was called */
  async clear(): Promise<number> {
    for (const peer of this.#peers) peer.cut();
    this.#peers.clear();
    const isClear = () => this.#router.sessions === 0 && this.calls.every((signal) => signal.aborted);
    for (let turn = 0; turn < TURNS && !isClear(); turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isClear());
    return this.calls.splice(0).length;
  }
}

/** All that is heard until the router ends the connection. */
export async function lastWords(peer: Peer): Promise<WireMessage[]> {
  const words: WireMessage[] = [];
  for (let word = await peer.hear(); word !== null; word = await peer.hear()) words.push(word);
  return words;
}

/** What an ABORT says, which is all that is heard. */
export async function refusal(peer: Peer): Promise<{ uri: unknown; message: unknown }> {
  const [word = [], ...more] = await lastWords(peer);
  const [code, details, uri] = word as [number, { message?: unknown }, string];
  assert.deepEqual([code, more], [3, []], JSON.stringify(word));
  return { uri, message: details.message };
}

export async function assertViolation(peer: Peer, carrier: Carrier): Promise<void> {
  assert.equal((await refusal(peer)).uri, 'wamp.error.protocol_violation');
  if (carrier === 'websocket') assert.equal(peer.closeCode, 1002);
}

/** Nothing is answered: the message is longer than what is read of somebody who is not in. */
export async function assertTooLong(peer: Peer, carrier: Carrier): Promise<void> {
  assert.deepEqual(await lastWords(peer), []);
  // 1006 where the frame that says so was lost, since the rest of the message was still on its way.
  if (carrier === 'websocket') assert.ok([1009, 1006].includes(peer.closeCode ?? 0), String(peer.closeCode));
}
