/** A thread's program: one derivation, the result sent to whoever started it. */
import { parentPort, workerData } from 'node:worker_threads';
import { argon2id } from 'hash-wasm';
import type { Argon2idTask } from './argon2id.ts';

const { password, salt, iterations, memory } = workerData as Argon2idTask;
parentPort?.postMessage(
  await argon2id({
    password,
    salt,
    iterations,
    memorySize: memory,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  }),
);
