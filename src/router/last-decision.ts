import type { Authorization, Authorizer } from '../authorization/authorizer.ts';

/**
 * What was last decided about using one registered procedure, or one subscribed topic. Most are used by one
 * role over and over, and static permissions say the same each time; deciding anew costs as much as routing.
 */
export class LastDecision {
  #authorizer: Authorizer | null = null;
  #authorization: Authorization | null = null;

  /** What that authorizer decided last; null where it was another one, or nobody. */
  of(authorizer: Authorizer): Authorization | null {
    return this.#authorizer === authorizer ? this.#authorization : null;
  }

  keep(authorizer: Authorizer, authorization: Authorization): void {
    if (authorizer.constant !== true) return;
    this.#authorizer = authorizer;
    this.#authorization = authorization;
  }
}
