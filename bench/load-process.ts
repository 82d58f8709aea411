/** Entry of a load process: carries its share of one scenario, once, as `load-messages.ts` says. */
import { CallLoad } from './call-load.ts';
import { DeliveryLoad } from './delivery-load.ts';
import { EchoLoad } from './echo-load.ts';
import { EventEnds } from './event-ends.ts';
import { FanOutEnds } from './fan-out-ends.ts';
import { IdleLoad } from './idle-load.ts';
import { Latencies } from './latencies.ts';
import type { Load, LoadPorts, Meter } from './load.ts';
import type { FromLoad, JobMessage, ResultMessage, ToLoad } from './load-messages.ts';
import { LoginLoad } from './login-load.ts';
import { PacedLoad } from './paced-load.ts';
import { cpuOf, memoryOf } from './process-usage.ts';
import type { LoadScenario, ScenarioOf } from './scenario.ts';

const meter: Meter = { operations: 0, refused: 0, refusal: null, latencies: new Latencies() };

function send(message: FromLoad): void {
  process.send?.(message);
}

function fail(reason: string): void {
  // Nothing goes on after that; the exit waits for the message to be out.
  process.send?.({ type: 'failed', reason }, () => process.exit(1));
}

type Maker<Kind extends LoadScenario['kind']> = (scenario: ScenarioOf<Kind>, ports: LoadPorts) => Load;

const LOADS: { readonly [Kind in LoadScenario['kind']]: Maker<Kind> } = {
  calls: (scenario, ports) => new CallLoad(scenario, ports),
  paced: (scenario, ports) => new PacedLoad(scenario, ports),
  events: (scenario, ports) => new DeliveryLoad(scenario, ports, new EventEnds(scenario, ports)),
  logins: (scenario, ports) => new LoginLoad(scenario, ports),
  idle: (scenario, ports) => new IdleLoad(scenario, ports),
  echo: (scenario, ports) => new EchoLoad(scenario, ports),
  'fan-out': (scenario, ports) => new DeliveryLoad(scenario, ports, new FanOutEnds(scenario, ports)),
};

function createLoad({ scenario, urls, share, run }: JobMessage): Load {
  const create: (scenario: never, ports: LoadPorts) => Load = LOADS[scenario.kind];
  return create(scenario as never, { urls, share, run, meter, tellReceived: send, fail });
}

/** What was used and counted since `begin`. */
class Measurement {
  readonly #pids: readonly number[];
  readonly #startedAt = performance.now();
  readonly #own = process.cpuUsage();
  readonly #router: number | null;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#router = cpuOf(pids);
    meter.operations = 0;
    meter.refused = 0;
    meter.latencies.reset();
  }

  result(): ResultMessage {
    const elapsed = (performance.now() - this.#startedAt) * 1_000;
    const { operations, refused, refusal } = meter;
    const router = cpuOf(this.#pids);
    const own = process.cpuUsage(this.#own);
    return {
      type: 'result',
      operations,
      refused,
      refusal,
      elapsed,
      latencies: meter.latencies.counts,
      loadCpu: own.user + own.system,
      routerCpu: router === null || this.#router === null ? null : router - this.#router,
      routerMemory: memoryOf(this.#pids),
    };
  }
}

let load: Load | null = null;
let measurement: Measurement | null = null;

async function take(message: ToLoad): Promise<void> {
  switch (message.type) {
    case 'job':
      load = createLoad(message);
      await load.prepare();
      send({ type: 'ready', routerPid: load.routerPid });
      return;
    case 'start':
      await load?.start();
      send({ type: 'running', routerPid: load?.routerPid ?? null });
      return;
    case 'begin':
      measurement = new Measurement(message.routerPids);
      return;
    case 'end':
      if (measurement !== null) send(measurement.result());
      return;
    case 'received':
      load?.received(message.count);
      return;
  }
}

process.on('message', (message: ToLoad) => {
  take(message).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
});
process.on('disconnect', () => process.exit(0));
