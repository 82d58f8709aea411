/** Who decides for a role in its place: whether anybody can, and whether they wait for themselves. */
import { type Finding, warningAt } from './finding.ts';
import { KnownRealms } from './known-realms.ts';
import { type Item, type RealmOutline, textOf, type WorkerOutline } from './outline.ts';
import { quote } from './problem.ts';

export function checkAuthorizers(worker: WorkerOutline): Finding[] {
  const known = new KnownRealms(worker);
  return worker.realms.flatMap((realm) => realm.roles.flatMap((role) => checkRole(role, realm, known)));
}

function checkRole(role: Item, realm: RealmOutline, known: KnownRealms): Finding[] {
  const registrar = textOf(role, 'authorizer-role');
  if (registrar === null) return [];
  const path = [...role.path, 'authorizer-role'];
  const procedure = textOf(role, 'authorizer');
  if (procedure === null) return [warningAt(path, 'has no effect: there is no "authorizer" that is a procedure')];
  if (registrar === 'trusted') return [];
  const missing = known.checkRole(registrar, textOf(realm, 'name'), path);
  if (missing.length > 0) return missing;
  const own = realm.roles.find((other) => textOf(other, 'name') === registrar);
  if (own === undefined || textOf(own, 'authorizer') !== procedure) return [];
  const message = `the role ${quote(registrar)} has the same authorizer: its sessions may only register it if it allows that itself, which it cannot do before`;
  return [warningAt(path, message)];
}
