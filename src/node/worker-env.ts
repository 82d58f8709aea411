import type { WorkerOptionsConfig } from '../config/schema-worker.ts';

/** [Crossbar: worker.options.env] The environment of a worker process: what it inherits of the controller's, and what it gets besides. */
export function workerEnv(own: NodeJS.ProcessEnv, { inherit, vars }: WorkerOptionsConfig['env']): NodeJS.ProcessEnv {
  const inherits = (name: string): boolean => (typeof inherit === 'boolean' ? inherit : inherit.includes(name));
  return Object.fromEntries([...Object.entries(own).filter(([name]) => inherits(name)), ...Object.entries(vars)]);
}
