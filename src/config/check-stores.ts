/** Databases of realms: each belongs to one realm. */
import { posix } from 'node:path';
import { errorAt, type Finding } from './finding.ts';
import { type Item, itemAt, textOf, type WorkerOutline } from './outline.ts';
import { formatPath } from './problem.ts';

/** Over all workers: they are processes of one node directory. */
export function checkStores(workers: readonly WorkerOutline[]): Finding[] {
  const takenBy = new Map<string, Item>();
  return workers
    .flatMap(({ realms }) => realms.map((realm) => itemAt(realm, 'store')))
    .flatMap((store) => {
      const path = store === null ? null : textOf(store, 'path');
      if (store === null || path === null) return [];
      const place = posix.normalize(path).replace(/\/$/, '');
      const other = takenBy.get(place);
      if (other !== undefined) {
        return [errorAt([...store.path, 'path'], `this database is taken by ${formatPath(other.path)}`)];
      }
      takenBy.set(place, store);
      return [];
    });
}
