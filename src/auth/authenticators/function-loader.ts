import type { Dict } from '../../wamp/dict.ts';
import type { AuthDetails } from '../authenticator.ts';

/** What `create` returns for an authenticator. Beyond Crossbar's three arguments it gets a signal, aborted when nobody waits for it any more. */
export type AuthenticateFunction = (
  realm: string | null,
  authid: string | null,
  details: AuthDetails,
  signal: AbortSignal,
) => unknown;

/** `type: function` of an authmethod's configuration. */
export interface FunctionAuthenticatorOptions {
  /** `module.func`, or `./file.js#export`. */
  readonly create: string;
  /** Handed to `create`, as a copy. */
  readonly config: Readonly<Dict> | null;
  /** `expose_controller`: whether `create` gets the worker's controller. */
  readonly exposeController: boolean;
}

/** What functions are for: how problems with them name them. */
type FunctionKind = 'authenticator' | 'authorizer';

/** Imports a module by the specifier that the configuration names; relative ones from the node's directory. */
export type ImportModule = (specifier: string) => Promise<unknown>;

/**
 * Loads the functions that configurations name, of one kind; one value per worker and kind. Two entries share a function only
 * if they agree on everything (K26: Crossbar ignores the second one's `config`).
 */
export class FunctionLoader<Loaded = AuthenticateFunction> {
  readonly #importModule: ImportModule;
  readonly #controller: unknown;
  readonly #kind: FunctionKind;
  readonly #loaded = new Map<string, Promise<Loaded>>();

  constructor(importModule: ImportModule, controller: unknown = null, kind: FunctionKind = 'authenticator') {
    this.#importModule = importModule;
    this.#controller = controller;
    this.#kind = kind;
  }

  /**
   * @throws TypeError where `create` names nothing usable, or fails; the message says which. It is to be
   *   awaited when the worker starts, so that the first client does not find out.
   */
  load(options: FunctionAuthenticatorOptions): Promise<Loaded> {
    const key = JSON.stringify([options.create, options.config, options.exposeController]);
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const loading = this.#load(options);
    this.#loaded.set(key, loading);
    return loading;
  }

  async #load({ create, config, exposeController }: FunctionAuthenticatorOptions): Promise<Loaded> {
    const { specifier, exported } = parseCreate(create, this.#kind);
    const name = `function ${this.#kind} "${create}"`;
    const imported = await this.#importModule(specifier).catch((cause: unknown) => {
      throw new TypeError(`${name}: the module "${specifier}" cannot be imported: ${describe(cause)}`, { cause });
    });
    const factory = member(imported, exported);
    if (typeof factory !== 'function') {
      throw new TypeError(`${name}: the module exports no function "${exported}"`);
    }
    let made: unknown;
    try {
      made = await factory(structuredClone(config), exposeController ? this.#controller : null);
    } catch (cause) {
      throw new TypeError(`${name}: "${exported}" failed: ${describe(cause)}`, { cause });
    }
    if (typeof made !== 'function') {
      throw new TypeError(`${name}: "${exported}" returned no function`);
    }
    return made as Loaded;
  }
}

/** @throws TypeError where it is neither `module.func` nor `./file.js#export` */
export function parseCreate(
  create: string,
  kind: FunctionKind = 'authenticator',
): { specifier: string; exported: string } {
  const isFile = /^(\.{0,2}\/|file:)/.test(create);
  const at = create.includes('#') || isFile ? create.lastIndexOf('#') : create.lastIndexOf('.');
  if (at < 0 && isFile) {
    throw new TypeError(`function ${kind} "${create}": no export is named; write "${create}#create"`);
  }
  if (at < 0) throw new TypeError(`'function' ${kind} has no module: '${create}'`);
  const specifier = create.slice(0, at);
  const exported = create.slice(at + 1);
  if (specifier === '' || exported === '') {
    throw new TypeError(`function ${kind} "${create}": expected "module.func" or "./file.js#export"`);
  }
  return { specifier, exported };
}

/** The operator's own module says what is wrong with it; of a cause alone nothing reaches the log. */
function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function member(imported: unknown, name: string): unknown {
  if (typeof imported !== 'object' || imported === null || !Object.hasOwn(imported, name)) return undefined;
  return (imported as { readonly [name: string]: unknown })[name];
}
