import { AuthenticationError } from '../auth/authenticator.ts';
import type { LoginStep } from '../auth/login-trace.ts';
import type { LoginMessage } from '../client/join-options.ts';
import type { Clock } from '../wamp/clock.ts';
import { WampError } from '../wamp/errors.ts';
import type { Redaction } from './redacted.ts';

/** What of a login may be shown, in the order in which it happened. */
export type ShownStep =
  | { readonly step: 'sent' | 'received'; readonly message: string; readonly elements: readonly unknown[] }
  | { readonly step: 'printed'; readonly message?: undefined; readonly text: string }
  | { readonly step: LoginStep['kind']; readonly message?: undefined; readonly [key: string]: unknown };

/** How a login ended, as far as it may be shown. `untried`: no router has answered it. */
export interface LoginResult {
  readonly result: 'welcomed' | 'refused' | 'untried';
  /** Who refused: the router (ABORT), or the client, for what the router said or left out; null: nobody. */
  readonly by: 'router' | 'client' | null;
  /** An error URI. */
  readonly reason: string | null;
  readonly message: string | null;
}

/** Lines of what applications print that are kept. */
const MOST_PRINTED = 1_000;

/** Gathers the steps of one login. */
export class LoginReport {
  /** What the router's own code told, as it is: for advice, and for no output. */
  readonly steps: LoginStep[] = [];
  readonly #taken: ShownStep[] = [];
  readonly #redaction: Redaction;
  readonly #clock: Clock;
  #askedAt = 0;
  #printed = 0;

  constructor(redaction: Redaction, clock: Clock) {
    this.#redaction = redaction;
    this.#clock = clock;
  }

  /** All steps so far; a secret that showed itself late is in none of them. */
  get shown(): readonly ShownStep[] {
    const more = this.#printed - MOST_PRINTED;
    const omitted: ShownStep[] = more > 0 ? [{ step: 'printed', text: `‹${more} more lines›` }] : [];
    return [...this.#taken.map((step) => this.#redaction.clean(step) as ShownStep), ...omitted];
  }

  show(value: unknown): unknown {
    return this.#redaction.show(value);
  }

  /** Whether the router has answered. */
  get answered(): boolean {
    return this.#taken.some(({ step }) => step === 'received');
  }

  /** Whether the router has refused. */
  get aborted(): boolean {
    return this.#taken.some(({ step, message }) => step === 'received' && message === 'ABORT');
  }

  readonly onLoginMessage = ({ sent, name, elements }: LoginMessage): void => {
    const shown = this.show(elements) as readonly unknown[];
    this.#taken.push({ step: sent ? 'sent' : 'received', message: name, elements: shown });
  };

  readonly trace = (step: LoginStep): void => {
    this.steps.push(step);
    this.#learn(step);
    const { kind } = step;
    const shown = this.show(shownOf(step)) as object;
    this.#taken.push({ step: kind, ...shown, ...this.#took(kind) });
  };

  /** Takes a line that the code of applications wrote to the terminal. */
  readonly onPrinted = (text: string): void => {
    if (this.#printed++ < MOST_PRINTED) this.#taken.push({ step: 'printed', text });
  };

  /** What an authenticator is told and tells as a secret, it may as well print, or quote in a text. */
  #learn(step: LoginStep): void {
    if (step.kind === 'asked') this.#redaction.learn(step.details);
    else if (step.kind === 'answered') this.#redaction.learn(step.answer);
    else if (step.kind === 'raised') this.#redaction.learn(shownOf(step));
  }

  #took(kind: LoginStep['kind']): { readonly ms?: number } {
    if (kind === 'asked') this.#askedAt = this.#clock.now();
    if (kind !== 'answered' && kind !== 'raised') return {};
    return { ms: Math.round(this.#clock.now() - this.#askedAt) };
  }
}

function shownOf(step: LoginStep): object {
  if (step.kind === 'raised') return describe(step.error);
  const { kind: _, ...said } = step;
  if (step.kind !== 'asked' || step.authenticator.type !== 'static') return said;
  const { names, ...asked } = step.authenticator;
  return { ...said, authenticator: { ...asked, listed: step.authid === null ? null : names?.includes(step.authid) } };
}

/** What became of a call, for who wrote what was called: more than clients learn of it. */
function describe(error: unknown): object {
  if (error instanceof AuthenticationError) {
    const { cause } = error;
    const clients = { uri: error.deny.reason, text: error.deny.message };
    if (!(cause instanceof WampError)) return clients;
    return { ...clients, raised: { uri: cause.uri, args: cause.args, kwargs: cause.kwargs } };
  }
  if (!(error instanceof Error)) return { thrown: error };
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return { thrown: `${error.name}: ${error.message}`, ...(frame !== undefined && { at: frame.trim().slice(3) }) };
}
