import type { Member } from './member.ts';

/** The sessions of a realm, by their id. Those of the router's own (role `trusted`) are kept, and hidden from all others. */
export class Sessions {
  readonly #members = new Map<number, Member>();

  get size(): number {
    return this.#members.size;
  }

  add(member: Member): void {
    this.#members.set(member.peer.session, member);
  }

  /** Returns false where it was not there, or not any more. */
  delete(member: Member): boolean {
    const { session } = member.peer;
    return this.#members.get(session) === member && this.#members.delete(session);
  }

  /** The session with that id, unless it is hidden. */
  find(session: number): Member | undefined {
    const member = this.#members.get(session);
    return member?.trusted === false ? member : undefined;
  }

  /** All that are not hidden. */
  *visible(): Generator<Member> {
    for (const member of this.#members.values()) if (!member.trusted) yield member;
  }
}
