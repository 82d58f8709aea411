import { fileURLToPath } from 'node:url';

/** The module that a worker process runs. */
export const WORKER_ENTRY: string = fileURLToPath(new URL('./worker-process.js', import.meta.url));
