import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doors } from './doors.ts';
import { freePorts, ListeningProcess } from './listening-process.ts';
import type { RunningRouter, Target } from './target.ts';

/** Its source; what is built of it is in a folder that git ignores. */
const FOLDER = fileURLToPath(new URL('../../bench/floor', import.meta.url));
const PROGRAM = join(FOLDER, '.build', 'floor');
const COMPILER = 'c++';

/** Why the floor cannot be built here; null where it can. */
export function floorMissing(): string | null {
  if (process.platform !== 'linux') return 'the floor is of Linux: it needs epoll';
  try {
    execFileSync(COMPILER, ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return `the floor needs a C++ compiler that is called ${COMPILER}: g++ or clang (Debian: apt-get install g++)`;
  }
}

/** Compiles it. @throws Error where it cannot be */
function build(): void {
  const missing = floorMissing();
  if (missing !== null) throw new Error(missing);
  mkdirSync(join(FOLDER, '.build'), { recursive: true });
  const args = ['-O2', '-std=c++17', '-Wall', '-Wextra', '-o', PROGRAM, join(FOLDER, 'floor.cpp')];
  execFileSync(COMPILER, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/**
 * Compiles and starts what no router can be faster than.
 * @param cores where it may run; null: anywhere
 * @throws Error where there is no compiler, or it does not start
 */
export async function startFloor(cores: string | null): Promise<Target & RunningRouter> {
  build();
  const [port = 0] = await freePorts(1);
  const command = { file: PROGRAM, args: [String(port)], cwd: FOLDER };
  const running = await ListeningProcess.start({ command, ports: [port], cleanUp: () => {} }, cores);
  return {
    name: 'floor',
    urls: doors({ rawsocket: `rs://127.0.0.1:${port}` }),
    pids: () => running.pids(),
    stop: () => running.stop(),
    cannot: () => null,
    fresh: null,
    startUp: null,
  };
}
