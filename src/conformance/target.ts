import type { Login } from './login.ts';
import type { TriedSerializer } from './tried-connection.ts';

/** Where and as whom the sessions of scenarios join. */
export interface Target {
  readonly url: string;
  readonly realm: string;
  /** A second realm, like the first; null: there is none. */
  readonly otherRealm: string | null;
  readonly serializer: TriedSerializer;
  /** How long to wait for what must come, in milliseconds. */
  readonly timeout: number;
  /** Proves to be this user; else joins as anonymous. */
  readonly login: Login | null;
}
