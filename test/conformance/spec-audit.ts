import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';

/**
 * A sentence of the specification that demands something, and what becomes of it: clauses that scenarios try, tests
 * of our own, or the reason why there is nothing to try.
 */
export interface AuditedSentence {
  readonly heading: string;
  /** As `sentencesOf` has it. */
  readonly hash: string;
  /** What it says, in a few words of our own. */
  readonly says: string;
  /** `rpc/result`: the file of scenarios, and the clause. */
  readonly clauses?: readonly string[];
  /** `test/router/sharding.test.ts: are calls`: the file, and a part of a title in it. */
  readonly tests?: readonly string[];
  readonly reason?: string;
}

interface SpecAudit {
  /** Of github.com/wamp-proto/wamp-proto. */
  readonly commit: string;
  /** Chapters that are not looked at, and why. */
  readonly outside: Readonly<Record<string, string>>;
  readonly chapters: Readonly<Record<string, readonly AuditedSentence[]>>;
}

/** What became of each sentence of the specification. */
export function readAudit(): SpecAudit {
  return JSON.parse(readFileSync(join(repositoryRoot(), 'test/conformance/spec-audit.json'), 'utf8')) as SpecAudit;
}
