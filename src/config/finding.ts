import type { Path } from './problem.ts';

/** Something wrong, found in the values of a file, before it is known where in the text that stands. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  /** Whether the key is what is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

export function errorAt(path: Path, message: string): Finding {
  return { severity: 'error', path, atKey: false, message };
}

export function warningAt(path: Path, message: string): Finding {
  return { severity: 'warning', path, atKey: false, message };
}
