import { HISTORY_PROCEDURES } from './history-procedures.ts';
import type { MetaProcedure } from './procedure.ts';
import { REGISTRATION_PROCEDURES } from './registration-procedures.ts';
import { SESSION_PROCEDURES } from './session-procedures.ts';
import { SUBSCRIPTION_PROCEDURES } from './subscription-procedures.ts';
import { TESTAMENT_PROCEDURES } from './testament-procedures.ts';

/** Every procedure of the router's own. A test keeps `docs/meta-api.md` equal to it. */
export const META_PROCEDURES: readonly MetaProcedure[] = [
  ...SESSION_PROCEDURES,
  ...TESTAMENT_PROCEDURES,
  ...REGISTRATION_PROCEDURES,
  ...SUBSCRIPTION_PROCEDURES,
  ...HISTORY_PROCEDURES,
];
