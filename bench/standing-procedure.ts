import { setTimeout as sleep } from 'node:timers/promises';
import type { RouterAddress } from '../src/client/router-url.ts';
import type { SerializerId } from '../src/serializers/serializer.ts';
import { Callee } from './callee.ts';
import { Conversation, type LoginAs, Refusal } from './conversation.ts';

/** How long the one of the run before may still be there. */
const TRIES = 50;
const BETWEEN_TRIES = 100;

/** A procedure whose name is the configuration's, and that answers the same to all: an authenticator, an authorizer. */
export interface StandingProcedure {
  readonly address: RouterAddress;
  readonly serializer: SerializerId;
  readonly as: LoginAs;
  readonly procedure: string;
  readonly answer: unknown;
}

/** Logs in, registers it, and answers from then on. @param fail called when that ends */
export async function standIn(what: StandingProcedure, fail: (reason: string) => void): Promise<void> {
  const { address, serializer, as, procedure, answer } = what;
  const callee = await Conversation.join(address, serializer, as);
  await registerInTurn(callee, procedure);
  callee.link.handler = new Callee(callee.link, answer, fail);
}

/** The name is not the run's own: the callee of the run before may not be gone yet. */
async function registerInTurn(callee: Conversation, procedure: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await callee.register(procedure);
      return;
    } catch (error) {
      const taken = error instanceof Refusal && error.uri === 'wamp.error.procedure_already_exists';
      if (!taken || tries === TRIES) throw error;
      await sleep(BETWEEN_TRIES);
    }
  }
}
