/** Names that must not be given twice: ids, realms of a worker, roles of a realm. */
import { errorAt, type Finding, warningAt } from './finding.ts';
import { type Item, type RealmOutline, textOf, type WorkerOutline } from './outline.ts';
import { formatPath, type Path, quote } from './problem.ts';

export function checkNames(workers: readonly WorkerOutline[]): Finding[] {
  const inside = workers.flatMap(({ realms, components, transports }) => [
    ...repeated(realms, 'id', 'id'),
    ...repeated(components, 'id', 'id'),
    ...repeated(transports, 'id', 'id'),
    ...transports.flatMap(({ services }) => repeated(services, 'id', 'id')),
    ...repeated(realms, 'name', 'realm'),
    ...realms.flatMap(({ roles }) => [...repeated(roles, 'id', 'id'), ...repeated(roles, 'name', 'role')]),
  ]);
  return [...repeated(workers, 'id', 'id'), ...inside, ...sharedRealms(workers)];
}

function repeated(items: readonly Item[], key: string, what: string): Finding[] {
  const first = new Map<string, Path>();
  return items.flatMap((item) => {
    const name = textOf(item, key);
    if (name === null) return [];
    const taken = first.get(name);
    if (taken !== undefined)
      return [errorAt([...item.path, key], `the ${what} ${quote(name)} is taken by ${formatPath(taken)}`)];
    first.set(name, item.path);
    return [];
  });
}

/** Two workers do not share a realm: each of them routes for itself. */
function sharedRealms(workers: readonly WorkerOutline[]): Finding[] {
  const first = new Map<string, RealmOutline>();
  return workers.flatMap(({ realms }) =>
    realms.flatMap((realm) => {
      const name = textOf(realm, 'name');
      if (name === null) return [];
      const other = first.get(name);
      if (other === undefined) first.set(name, realm);
      if (other === undefined || realms.includes(other)) return [];
      const message = `${formatPath(other.path)} is a realm ${quote(name)} too: the two do not know each other, sessions of one do not reach the other`;
      return [warningAt([...realm.path, 'name'], message)];
    }),
  );
}
