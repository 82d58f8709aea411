/** [Crossbar: worker.options.env] What of the controller's environment a worker gets, and what it gets besides. */
export interface EnvOption {
  /** All (the default), nothing, or the variables of these names. */
  readonly inherit?: boolean | readonly string[];
  readonly vars?: { readonly [name: string]: string };
}

/** The environment of a worker process. */
export function workerEnv(own: NodeJS.ProcessEnv, { inherit = true, vars = {} }: EnvOption = {}): NodeJS.ProcessEnv {
  const inherits = (name: string): boolean => (typeof inherit === 'boolean' ? inherit : inherit.includes(name));
  return Object.fromEntries([...Object.entries(own).filter(([name]) => inherits(name)), ...Object.entries(vars)]);
}
