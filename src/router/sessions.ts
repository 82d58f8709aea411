import type { Member } from './member.ts';

/** An outgrown table of a map keeps what was in it for long (see `Roster`): of a member that has left, it is this alone. */
interface Place {
  member: Member | null;
}

/** The sessions of a realm, by their id. Those of the router's own (role `trusted`) are kept, and hidden from all others. */
export class Sessions {
  readonly #places = new Map<number, Place>();

  get size(): number {
    return this.#places.size;
  }

  add(member: Member): void {
    this.#places.set(member.peer.session, { member });
  }

  /** Returns false where it was not there, or not any more. */
  delete(member: Member): boolean {
    const { session } = member.peer;
    const place = this.#places.get(session);
    if (place?.member !== member) return false;
    place.member = null;
    return this.#places.delete(session);
  }

  /** The session with that id, unless it is hidden. */
  find(session: number): Member | undefined {
    const member = this.#places.get(session)?.member;
    return member?.trusted === false ? member : undefined;
  }

  /** All that are not hidden. */
  *visible(): Generator<Member> {
    for (const { member } of this.#places.values()) if (member?.trusted === false) yield member;
  }
}
