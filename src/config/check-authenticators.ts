/** A dynamic authenticator must be able to come in itself, before anybody else can. */
import { type Finding, warningAt } from './finding.ts';
import { type AuthOutline, type Entrance, textOf, type WorkerOutline } from './outline.ts';
import { quote } from './problem.ts';

export function checkAuthenticators({ transports, components }: WorkerOutline): Finding[] {
  const entrances = transports.flatMap((transport) => transport.entrances);
  return entrances
    .flatMap(({ methods }) => methods)
    .flatMap((entry) => {
      const authenticator = askedBy(entry);
      if (authenticator === null) return [];
      const realm = textOf(entry, 'authenticator-realm');
      const runsInside = components.some((component) => realm === null || textOf(component, 'realm') === realm);
      if (runsInside || entrances.some((entrance) => isOtherWayIn(entrance, authenticator))) return [];
      const where = realm === null ? 'there is no component' : `there is no component on the realm ${quote(realm)}`;
      const message = `nothing can register this procedure: ${where}, and each way into this worker asks it first`;
      return [warningAt([...entry.path, 'authenticator'], message)];
    });
}

/** The procedure that is asked at a login by that authmethod, if any is. */
function askedBy(entry: AuthOutline): string | null {
  return textOf(entry, 'type') === 'dynamic' ? textOf(entry, 'authenticator') : null;
}

/** Whether somebody may come in there without that authenticator being asked. */
function isOtherWayIn({ open, methods }: Entrance, authenticator: string): boolean {
  // By cookie comes back who has come in otherwise.
  return open || methods.some((entry) => entry.method !== 'cookie' && askedBy(entry) !== authenticator);
}
