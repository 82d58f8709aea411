/** The program as it is, but that its worker processes are the fake of test/node; SIGUSR2 makes a bug happen in the controller. */
import { fileURLToPath } from 'node:url';
import { allCommands } from '../../src/cli/commands.ts';
import { runMain } from '../../src/cli/run-main.ts';

process.on('SIGUSR2', () => void Promise.reject(new TypeError('a bug in the controller')));

await runMain(allCommands(fileURLToPath(new URL('../node/fake-worker.js', import.meta.url))));
