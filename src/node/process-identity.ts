import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process of this id exists, of whatever user. A dead one whose parent has not looked yet does not count. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/**
 * What tells a process from a later one of the same id: when it started, as the machine counts.
 * `null` when that cannot be found out, or there is no such process.
 */
export function processIdentity(pid: number): string | null {
  const startTicks = statFields(pid)?.[19];
  if (startTicks !== undefined) return `${readText('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${startTicks}`;
  return askPs(pid, 'lstart=');
}

/** The command line of a process, for telling what it is; `null` when that cannot be found out. */
export function processCommand(pid: number): string | null {
  const command = readText(`/proc/${pid}/cmdline`);
  return command === null ? askPs(pid, 'command=') : command.replaceAll('\0', ' ').trim();
}

/** [proc(5)] The fields from `state` on; the name before it is in parentheses and may itself hold any character. */
function statFields(pid: number): readonly string[] | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Where there is no /proc. */
function askPs(pid: number, column: string): string | null {
  try {
    const output = execFileSync('ps', ['-o', column, '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim() || null;
  } catch {
    return null;
  }
}
