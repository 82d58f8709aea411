import { noSuchRealm, noSuchRole, roleGone } from '../auth/denials.ts';
import type { OnCheck } from '../auth/login-trace.ts';
import type { Accept, Deny } from '../auth/outcome.ts';
import type { Realm } from '../router/realm.ts';
import type { Role } from '../router/role.ts';
import type { Router } from '../router/router.ts';

/** Where an accepted client goes. */
export interface Admission {
  readonly kind: 'admission';
  readonly realm: Realm;
  readonly role: Role;
}

/** Decides whether the realm and the role that a login ended in exist. */
export type Admit = (accept: Accept) => Admission | Deny;

/**
 * For clients: realm and role must be configured; `trusted` never is (K1). This happens after the
 * login, because the realm is an output of it. Texts: Crossbar 1.11.
 * @param onCheck told of either check
 */
export function admitClients(router: Pick<Router, 'realm'>, onCheck: OnCheck = () => {}): Admit {
  return (accept) => {
    const realm = router.realm(accept.realm);
    onCheck('the realm exists', accept.realm, realm !== undefined);
    if (realm === undefined) return noSuchRealm(accept.realm);
    const role = realm.role(accept.authrole);
    onCheck('the realm has the role', accept.authrole, role !== undefined);
    if (role === undefined && accept.authprovider === 'cookie') return roleGone(accept.realm, accept.authrole);
    if (role === undefined) return noSuchRole(accept.realm, accept.authrole);
    return { kind: 'admission', realm, role };
  };
}
