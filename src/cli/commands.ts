import { AUTH } from './auth.ts';
import { CHECK } from './check.ts';
import type { Command, CommandGroup } from './command.ts';
import { CONFORMANCE } from './conformance.ts';
import { INIT } from './init.ts';
import { KEYGEN } from './keygen.ts';
import { KEYS } from './keys.ts';
import { startCommand } from './start.ts';
import { STATUS } from './status.ts';
import { STOP } from './stop.ts';
import { VERSION_COMMAND } from './version.ts';

/**
 * All commands, as the help lists them.
 * @param workerEntry the module that a worker process runs
 */
export function allCommands(workerEntry: string): readonly (Command | CommandGroup)[] {
  return [INIT, CHECK, startCommand(workerEntry), STOP, STATUS, KEYGEN, KEYS, AUTH, CONFORMANCE, VERSION_COMMAND];
}
