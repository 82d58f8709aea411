import type { ObservationEvents } from '../observation-events.ts';
import { isProtectedUri, type ObservationKind } from './observation-procedures.ts';

/** Publishes an event where anybody would get it; `args` are made only then. */
export type PublishMeta = (topic: string, args: () => readonly unknown[]) => void;

/**
 * The events of the Registration and the Subscription Meta API, each with the session that did it. Nothing is
 * told of the router's own URIs: whoever watches `wamp.…` would else be told of being told.
 */
export function observationMetaEvents<
  Thing extends { readonly id: number; readonly match: 'exact' | 'prefix' | 'wildcard' },
>(kind: ObservationKind<Thing>, publish: PublishMeta): ObservationEvents<Thing> {
  const verb = kind.word === 'registration' ? 'register' : 'subscribe';
  const event =
    (name: string, last: (thing: Thing) => unknown): ObservationEvents<Thing>['added'] =>
    ({ peer }, thing) => {
      if (isProtectedUri(kind.uriOf(thing))) return;
      publish(`wamp.${kind.word}.${name}`, () => [peer.session, last(thing)]);
    };
  const idOf = ({ id }: Thing): number => id;
  return {
    created: event('on_create', kind.detailsOf),
    added: event(`on_${verb}`, idOf),
    removed: event(`on_un${verb}`, idOf),
    deleted: event('on_delete', idOf),
  };
}
