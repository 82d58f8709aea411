import { type Accept, type Deny, deny } from '../auth/outcome.ts';
import type { Realm } from '../router/realm.ts';
import type { Role } from '../router/role.ts';
import type { Router } from '../router/router.ts';
import { ERRORS } from '../wamp/errors.ts';

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
 */
export function admitClients(router: Router): Admit {
  return (accept) => {
    const realm = router.realm(accept.realm);
    if (realm === undefined) {
      return deny(ERRORS.noSuchRealm.uri, `no realm "${accept.realm}" exists on this router`);
    }
    const role = realm.role(accept.authrole);
    if (role === undefined) {
      return deny(ERRORS.noSuchRole.uri, `realm "${accept.realm}" has no role "${accept.authrole}"`);
    }
    return { kind: 'admission', realm, role };
  };
}
