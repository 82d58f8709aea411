#!/usr/bin/env node
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allCommands } from './commands.ts';
import { runMain } from './run-main.ts';

// Compiled or not, the worker's entry is of the same kind as this file.
const workerEntry = new URL(`../worker/main${extname(import.meta.url)}`, import.meta.url);

await runMain(allCommands(fileURLToPath(workerEntry)));
