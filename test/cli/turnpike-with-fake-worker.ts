/** The program as it is, but that its worker processes are the fake of test/node. */
import { fileURLToPath } from 'node:url';
import { allCommands } from '../../src/cli/commands.ts';
import { runMain } from '../../src/cli/run-main.ts';

await runMain(allCommands(fileURLToPath(new URL('../node/fake-worker.js', import.meta.url))));
