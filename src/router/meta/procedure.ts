import type { Dict } from '../../wamp/dict.ts';
import type { Member } from '../member.ts';
import type { RealmState } from '../realm-state.ts';
import { type Parameter, readArguments, type ValuesOf } from './parameters.ts';

/** A call of one of the router's own procedures. */
export interface MetaCall {
  readonly realm: RealmState;
  /** Who calls: the session itself, never what a message says of it (K16). */
  readonly caller: Member;
}

/** One of the router's own procedures. It answers at once: broker and dealer are synchronous, and so is it. */
export interface MetaProcedure {
  readonly uri: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** Returns the one positional result. @throws WampError what the caller is told */
  run(call: MetaCall, args: readonly unknown[], kwargs: Dict): unknown;
}

/** Declares one: its arguments are checked before `handler` gets them. */
export function procedure<const Parameters extends readonly Parameter<unknown>[]>(
  uri: string,
  parameters: Parameters,
  handler: (call: MetaCall, ...values: ValuesOf<Parameters>) => unknown,
): MetaProcedure {
  return {
    uri,
    parameters,
    run: (call, args, kwargs) =>
      handler(call, ...(readArguments(uri, parameters, args, kwargs) as ValuesOf<Parameters>)),
  };
}
