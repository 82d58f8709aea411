import { Worker } from 'node:worker_threads';

const PROGRAM = new URL('./argon2id-thread.js', import.meta.url);

export interface Argon2idTask {
  readonly password: string;
  /** At least 8 bytes. */
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** KiB. */
  readonly memory: number;
}

/**
 * 32 bytes of Argon2id, version 1.3, without parallelism. [RFC 9106] It takes seconds by design, so it has a
 * thread of its own; the library is loaded there, by those alone who need it. Node.js 20 has no Argon2.
 */
export function argon2id(task: Argon2idTask): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(PROGRAM, { workerData: task });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread that derives a key has ended')));
  });
}
