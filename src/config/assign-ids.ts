/**
 * Running numbers for what has no id: `worker001`, `realm001` … counted over the whole node and in
 * the order of Crossbar, so that an item keeps the id that it had there.
 */
import type { ParsedNode } from './schema-node.ts';

type ParsedWorker = ParsedNode['workers'][number];

interface Item {
  id: string;
}

/** Something with services on paths: a web transport, or the service `path`. */
interface WithPaths {
  readonly paths: { readonly [path: string]: Item & { readonly type: string } };
}

/** Fills in the ids that are empty. Ids that the file gives are not given again. */
export function assignIds(config: ParsedNode): void {
  const items: [prefix: string, item: Item][] = [];
  // Crossbar gives these no id, so that they must not use up numbers of others.
  const late: [prefix: string, item: Item][] = [];
  for (const worker of config.workers) items.push(['worker', worker]);
  for (const worker of config.workers) collect(worker, worker.options.disabled ? late : items, late);
  new Numbering([...items, ...late]).run();
}

type Items = [prefix: string, item: Item][];

function collect(worker: ParsedWorker, items: Items, late: Items): void {
  if (worker.type === 'websocket-testee') {
    items.push(['transport', worker.transport]);
    return;
  }
  for (const realm of worker.realms) {
    items.push(['realm', realm]);
    for (const role of realm.roles) items.push(['role', role]);
  }
  for (const component of worker.components) items.push(['component', component]);
  for (const transport of worker.transports) {
    items.push(['transport', transport]);
    if (transport.type === 'web') collectServices(transport as WithPaths, items, late);
    // Crossbar gives the services of a universal transport no id.
    if (transport.type === 'universal' && transport.web !== undefined) {
      collectServices(transport.web as WithPaths, late, late);
    }
  }
}

function collectServices({ paths }: WithPaths, items: Items, late: Items): void {
  for (const path of Object.keys(paths).sort()) {
    const service = paths[path];
    if (service === undefined) continue;
    (path === '/' ? late : items).push(['webservice', service]);
    if (service.type === 'path') collectServices(service as unknown as WithPaths, late, late);
  }
}

class Numbering {
  readonly #items: Items;
  readonly #taken: Set<string>;
  readonly #next = new Map<string, number>();

  constructor(items: Items) {
    this.#items = items;
    this.#taken = new Set(items.map(([, item]) => item.id));
  }

  run(): void {
    for (const [prefix, item] of this.#items) {
      if (item.id === '') item.id = this.#number(prefix);
    }
  }

  #number(prefix: string): string {
    for (let number = this.#next.get(prefix) ?? 1; ; number++) {
      const id = `${prefix}${String(number).padStart(3, '0')}`;
      if (this.#taken.has(id)) continue;
      this.#next.set(prefix, number + 1);
      return id;
    }
  }
}
