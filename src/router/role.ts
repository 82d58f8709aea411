import type { Authorizer } from '../authorization/authorizer.ts';
import { UniformPermissions } from '../authorization/permissions.ts';

/** A role of a realm: a name, and who decides what its sessions may do. */
export interface Role {
  readonly name: string;
  readonly authorizer: Authorizer;
  /** [WAMP: Call Trust Levels, Publication Trust Levels] What callees and subscribers are told of this role's calls and events; absent: see `TrustLevels`. */
  readonly trustlevel?: number;
}

/** The role of the router's own sessions. No configuration defines it and no authenticator may assign it (K1). */
export const TRUSTED: Role = { name: 'trusted', authorizer: new UniformPermissions(true, true) };
