/** Roles that say two things at once, or nothing at all. */
import { errorAt, type Finding, warningAt } from './finding.ts';
import type { Item, WorkerOutline } from './outline.ts';

export function checkRights({ realms }: WorkerOutline): Finding[] {
  return realms.flatMap((realm) => {
    const { roles = [] } = realm.fields;
    if (Array.isArray(roles) && roles.length === 0) {
      return [warningAt(realm.path, 'the realm has no roles: no client can join it')];
    }
    return realm.roles.flatMap(checkRole);
  });
}

function checkRole({ path, fields }: Item): Finding[] {
  const { permissions, authorizer } = fields;
  const allowByDefault = fields['allow-by-default'] === true;
  if (permissions !== undefined && authorizer !== undefined) {
    return [errorAt(path, 'expected either "permissions" or "authorizer", got both')];
  }
  if (authorizer !== undefined) return [];
  if (permissions === undefined) {
    return allowByDefault ? [] : [warningAt(path, 'the role has no "permissions": its sessions may do nothing')];
  }
  if (allowByDefault) {
    const message = 'has no effect beside "permissions": what they do not allow is denied';
    return [warningAt([...path, 'allow-by-default'], message)];
  }
  if (Array.isArray(permissions) && permissions.length === 0) {
    return [warningAt([...path, 'permissions'], 'the list is empty: sessions of the role may do nothing')];
  }
  return [];
}
