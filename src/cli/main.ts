#!/usr/bin/env node
import { WORKER_ENTRY } from '../worker/worker-entry.ts';
import { allCommands } from './commands.ts';
import { runMain } from './run-main.ts';

await runMain(allCommands(WORKER_ENTRY));
