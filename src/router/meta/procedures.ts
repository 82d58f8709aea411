import type { MetaProcedure } from './procedure.ts';
import { SESSION_PROCEDURES } from './session-procedures.ts';
import { TESTAMENT_PROCEDURES } from './testament-procedures.ts';

/** Every procedure of the router's own. A test keeps `docs/meta-api.md` equal to it. */
export const META_PROCEDURES: readonly MetaProcedure[] = [...SESSION_PROCEDURES, ...TESTAMENT_PROCEDURES];
