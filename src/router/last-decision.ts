import type { Authorization, Authorizer } from '../authorization/authorizer.ts';

/**
 * What was last decided about using one registered procedure, or one subscribed topic. Most are used by one
 * role over and over, and static permissions say the same each time; deciding anew costs as much as routing.
 * A base class and no object of its own: of a million entries, each object more on the way of a message is a wait for memory.
 */
export abstract class LastDecision {
  #authorizer: Authorizer | null = null;
  #authorization: Authorization | null = null;

  /** What that authorizer decided last; null where it was another one, or nobody. */
  decisionOf(authorizer: Authorizer): Authorization | null {
    return this.#authorizer === authorizer ? this.#authorization : null;
  }

  keepDecision(authorizer: Authorizer, authorization: Authorization): void {
    if (authorizer.constant !== true) return;
    this.#authorizer = authorizer;
    this.#authorization = authorization;
  }
}
