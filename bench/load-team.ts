import { Child } from './child-process.ts';
import type { RouterUrls } from './doors.ts';
import type { FromLoad, ToLoad } from './load-messages.ts';
import type { LoadScenario } from './scenario.ts';

type Step = Exclude<FromLoad['type'], 'failed' | 'received'>;
type Answer<S extends Step> = Extract<FromLoad, { type: S }>;

/** Ten thousand logins at a slow router take a while. */
const STEP_TIMEOUT = 180_000;

/** The load processes of one run, kept in step. */
export class LoadTeam {
  readonly #children: readonly Child<ToLoad, FromLoad>[];
  readonly #answers: (FromLoad | undefined)[];
  #waiting: { readonly step: Step; readonly resolve: () => void; readonly reject: (error: Error) => void } | null =
    null;
  #failure: Error | null = null;

  constructor(processes: number, cores: string | null) {
    this.#answers = new Array(processes).fill(undefined);
    this.#children = this.#answers.map((_, index) => {
      const child = new Child<ToLoad, FromLoad>(new URL('./load-process.js', import.meta.url), cores);
      child.listen(
        (message) => this.#take(index, message),
        (reason) => this.#fail(reason),
      );
      return child;
    });
  }

  /** Gives each its share of the job. @throws Error as `ask` */
  prepare(scenario: LoadScenario, urls: RouterUrls, run: string): Promise<readonly Answer<'ready'>[]> {
    const of = this.#children.length;
    return this.ask('ready', (index) => ({ type: 'job', scenario, urls, run, share: { index, of } }));
  }

  /**
   * Sends a message to each process, and waits for the answers of all.
   * @throws Error where a process fails, or takes more than three minutes
   */
  async ask<S extends Step>(step: S, message: (index: number) => ToLoad): Promise<readonly Answer<S>[]> {
    this.#answers.fill(undefined);
    this.tell(message);
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { step, resolve, reject };
      timer = setTimeout(() => reject(new Error(`the load was not "${step}" in time`)), STEP_TIMEOUT);
      if (this.#failure !== null) reject(this.#failure);
    }).finally(() => clearTimeout(timer));
    return this.#answers as unknown as readonly Answer<S>[];
  }

  /** Sends a message to each process. */
  tell(message: (index: number) => ToLoad): void {
    for (const [index, child] of this.#children.entries()) child.send(message(index));
  }

  /** @throws Error where a process failed while nobody waited */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #take(index: number, message: FromLoad): void {
    if (message.type === 'failed') {
      this.#fail(message.reason);
    } else if (message.type === 'received') {
      // The publisher is in the first process.
      this.#children[0]?.send(message);
    } else if (message.type === this.#waiting?.step) {
      this.#answers[index] = message;
      if (this.#answers.every((answer) => answer !== undefined)) this.#waiting.resolve();
    }
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
    this.#waiting?.reject(this.#failure);
  }
}
