import type { Member } from './member.ts';

/** A procedure that somebody registered. */
export class Registration {
  readonly id: number;
  readonly procedure: string;
  readonly callee: Member;

  constructor(id: number, procedure: string, callee: Member) {
    this.id = id;
    this.procedure = procedure;
    this.callee = callee;
  }
}
