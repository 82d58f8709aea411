/** Clients choose among the authmethods of a transport: so nobody should get more by saying nothing of who they are. */
import { ANONYMOUS, TABLES } from './check-roles.ts';
import { type Finding, warningAt } from './finding.ts';
import { type AuthOutline, type Entrance, itemAt, membersOf, textOf, type WorkerOutline } from './outline.ts';
import { quote } from './problem.ts';
import { RoleRights } from './role-rights.ts';

export function checkDowngrades(worker: WorkerOutline): Finding[] {
  return worker.transports.flatMap(({ entrances }) => entrances.flatMap((entrance) => checkEntrance(entrance, worker)));
}

function checkEntrance({ methods }: Entrance, worker: WorkerOutline): Finding[] {
  const anonymous = methods.find(({ method }) => method === ANONYMOUS);
  const role = anonymous === undefined ? null : anonymousRole(anonymous);
  if (anonymous === undefined || role === null) return [];
  const others = methods.filter((entry) => entry !== anonymous).flatMap(othersOf);
  // A table may list many principals, and they have few roles.
  const different = new Map(others.map((other) => [JSON.stringify([other.role, other.realm]), other])).values();
  const texts = [...different].flatMap((other) => (other.role === role ? [] : (surplusOf(role, other, worker) ?? [])));
  return [...new Set(texts)].map((text) => warningAt(anonymous.path, text));
}

/** What somebody may become who logs in. */
interface Other {
  readonly role: string;
  /** null: any. */
  readonly realm: string | null;
}

/** null where an authenticator decides. */
export function anonymousRole(entry: AuthOutline): string | null {
  if (textOf(entry, 'type') !== 'static') return textOf(entry, 'default-role');
  return entry.fields['role'] === undefined ? ANONYMOUS : textOf(entry, 'role');
}

/** The roles that an entry is known to give. */
function othersOf(entry: AuthOutline): Other[] {
  const key = textOf(entry, 'type') === 'static' ? TABLES.get(entry.method) : undefined;
  const table = key === undefined ? null : itemAt(entry, key);
  const byDefault = textOf(entry, 'default-role');
  const listed = (table === null ? [] : membersOf(table)).flatMap((principal) => {
    const role = textOf(principal, 'role');
    return role === null ? [] : [{ role, realm: textOf(principal, 'realm') }];
  });
  return byDefault === null ? listed : [...listed, { role: byDefault, realm: null }];
}

/** On a realm that has both: what the one may beyond all that the other may. */
function surplusOf(name: string, { role: other, realm: only }: Other, { realms }: WorkerOutline): string | null {
  for (const realm of realms) {
    if (only !== null && textOf(realm, 'name') !== only) continue;
    const rightsOf = (wanted: string): RoleRights | null => {
      const role = realm.roles.find((item) => textOf(item, 'name') === wanted);
      return role === undefined ? null : RoleRights.of(role);
    };
    const [rights, others] = [rightsOf(name), rightsOf(other)];
    if (rights === null || others === null || others.beyond(rights) !== null) continue;
    const more = rights.beyond(others);
    if (more === null) continue;
    const where = `on the realm ${quote(textOf(realm, 'name') ?? '')}`;
    const surplus = `${more.action} ${quote(more.uri)} besides`;
    return `clients choose how to log in here: ${where} the role ${quote(name)} may do all that ${quote(other)} may, and ${surplus}, so that whoever logs in has less`;
  }
  return null;
}
