import { Child } from './child-process.ts';
import type { Filling } from './growth-axes.ts';
import type { FromGrowth, ToGrowth, Traffic } from './growth-messages.ts';
import { startOwnRouter } from './own-router.ts';
import type { RunningRouter } from './target.ts';

export interface GrowthCores {
  readonly routerCores: string | null;
  readonly loadCores: string | null;
}

/** A router of its own, filled, and the process that sends it messages. */
export class GrownRouter {
  readonly #router: RunningRouter;
  readonly #load: Child<ToGrowth, FromGrowth>;

  private constructor(router: RunningRouter, load: Child<ToGrowth, FromGrowth>) {
    this.#router = router;
    this.#load = load;
  }

  /** @throws Error where it cannot be filled */
  static async start(filling: Filling, { routerCores, loadCores }: GrowthCores): Promise<GrownRouter> {
    const router = await startOwnRouter(routerCores, filling.realms);
    const load = new Child<ToGrowth, FromGrowth>(new URL('./growth-process.js', import.meta.url), loadCores);
    const grown = new GrownRouter(router, load);
    try {
      await grown.#ask({ type: 'fill', urls: router.urls, filling, routerPids: router.pids() });
      return grown;
    } catch (error) {
      await grown.stop();
      throw error;
    }
  }

  /** Nanoseconds of the router's CPU for each of so many calls or events; null where that cannot be read. */
  async cost(traffic: Traffic, count: number): Promise<number | null> {
    const answer = await this.#ask({ type: 'round', traffic, count });
    return answer.type === 'cost' ? answer.cost : null;
  }

  async stop(): Promise<void> {
    await this.#load.stop();
    await this.#router.stop();
  }

  /** One question, one answer. */
  #ask(message: ToGrowth): Promise<FromGrowth> {
    return new Promise((resolve, reject) => {
      const onEnd = (reason: string): void => reject(new Error(reason));
      this.#load.listen((answer) => (answer.type === 'failed' ? onEnd(answer.reason) : resolve(answer)), onEnd);
      this.#load.send(message);
    });
  }
}
