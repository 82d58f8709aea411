import { cryptosign } from '../client/auth/cryptosign.ts';
import { scram } from '../client/auth/scram.ts';
import { ticket } from '../client/auth/ticket.ts';
import { wampcra } from '../client/auth/wampcra.ts';
import type { ClientAuth } from '../client/client-auth.ts';

/** Who joins, and what proves it. */
export interface Login {
  /** Null: the router is to find out. */
  readonly authid: string | null;
  readonly auth: ClientAuth;
}

const AUTHMETHODS: ReadonlyMap<string, (secret: string) => ClientAuth> = new Map([
  ['ticket', ticket],
  ['wampcra', wampcra],
  ['scram', (password: string) => scram(password)],
  ['cryptosign', (key: string) => cryptosign(key)],
]);

/** The authmethods by which the sessions of scenarios may log in. */
export const LOGIN_METHODS: readonly string[] = [...AUTHMETHODS.keys()];

/**
 * A login by one of `LOGIN_METHODS`.
 * @param secret the ticket, the secret, the password, or the private key in hexadecimal
 * @throws Error where the secret cannot be one; its message does not repeat it
 */
export function loginBy(method: string, authid: string | null, secret: string): Login {
  const auth = AUTHMETHODS.get(method);
  if (auth === undefined) throw new RangeError(`no login by ${method}`);
  return { authid, auth: auth(secret) };
}
