/** What the schema cannot say: whether the parts of a configuration fit each other. */
import { checkAuthenticators } from './check-authenticators.ts';
import { checkAuthorizers } from './check-authorizers.ts';
import { checkCookies } from './check-cookies.ts';
import { checkDowngrades } from './check-downgrades.ts';
import { checkEffects } from './check-effects.ts';
import { checkListeners } from './check-listeners.ts';
import { checkNames } from './check-names.ts';
import { checkProxies } from './check-proxies.ts';
import { checkRights } from './check-rights.ts';
import { checkRoles } from './check-roles.ts';
import { checkStores } from './check-stores.ts';
import { checkTakeovers } from './check-takeovers.ts';
import type { Finding } from './finding.ts';
import { outlineOf } from './outline.ts';

/** @param value the top-level value of a file, with variables replaced; it need not fit the schema */
export function check(value: unknown): Finding[] {
  const workers = outlineOf(value);
  return [
    ...checkNames(workers),
    ...workers.flatMap(checkRights),
    ...workers.flatMap(checkRoles),
    ...workers.flatMap(checkDowngrades),
    ...workers.flatMap(checkTakeovers),
    ...workers.flatMap(checkAuthenticators),
    ...workers.flatMap(checkAuthorizers),
    ...workers.flatMap(checkProxies),
    ...checkListeners(workers),
    ...checkCookies(workers),
    ...checkStores(workers),
    ...workers.flatMap(checkEffects),
  ];
}
