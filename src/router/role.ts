import type { Authorizer } from '../authorization/authorizer.ts';

/** A role of a realm: a name, and who decides what its sessions may do. */
export interface Role {
  readonly name: string;
  readonly authorizer: Authorizer;
}
