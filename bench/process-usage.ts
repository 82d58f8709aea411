import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU that processes and all their threads have used, in microseconds, to the nanosecond exactly as the
 * scheduler counts it. Null where that cannot be read: elsewhere than on Linux, or when a process is gone.
 */
export function cpuOf(pids: readonly number[]): number | null {
  if (pids.length === 0) return null;
  let nanoseconds = 0;
  try {
    for (const pid of pids) {
      for (const thread of readdirSync(`/proc/${pid}/task`)) nanoseconds += cpuOfThread(pid, thread);
    }
  } catch {
    return null;
  }
  // A kernel that does not count it says so by its absence: no process has used none.
  return nanoseconds === 0 ? null : nanoseconds / 1_000;
}

/** A thread may end between being listed and being read: it counts for nothing then. */
function cpuOfThread(pid: number, thread: string): number {
  try {
    const [onCpu = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1);
    return Number(onCpu);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

/** Resident memory of processes together, in bytes; null where that cannot be read. */
export function memoryOf(pids: readonly number[]): number | null {
  if (pids.length === 0) return null;
  let kilobytes = 0;
  for (const pid of pids) {
    let status: string;
    try {
      status = readFileSync(`/proc/${pid}/status`, 'latin1');
    } catch {
      return null;
    }
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (resident === undefined) return null;
    kilobytes += Number(resident);
  }
  return kilobytes * 1024;
}
