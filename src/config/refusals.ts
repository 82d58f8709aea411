/**
 * What Crossbar's format has and this router does not take: recognised, so that it fails with a
 * reason instead of "unknown", and never is ignored in silence.
 */
export const NOT_YET = 'not supported yet';

export function pythonOnly(instead: string): string {
  return `Python-only, cannot run here: ${instead}`;
}

export function removed(instead: string): string {
  return `removed from Crossbar.io: ${instead}`;
}

/** A table for `byType` and `oneOf`: names that are recognised and not built. */
export function notYet(...names: readonly string[]): [string, string][] {
  return names.map((name) => [name, NOT_YET]);
}
