import { type Dict, EMPTY, isDict } from './dict.ts';
import { ProtocolViolation } from './errors.ts';

const CLIENT_ROLES: ReadonlySet<string> = new Set(['publisher', 'subscriber', 'caller', 'callee']);

/** What HELLO.Details says of a client, checked. */
export interface HelloDetails {
  readonly authmethods: readonly string[];
  readonly authid: string | null;
  readonly authrole: string | null;
  readonly authextra: Dict | null;
  /** `role.feature` for each feature announced as true. */
  readonly features: ReadonlySet<string>;
}

function announcedFeatures(roles: Dict): ReadonlySet<string> {
  const features = new Set<string>();
  for (const role of Object.keys(roles)) {
    if (!CLIENT_ROLES.has(role)) throw new ProtocolViolation('HELLO: unknown role in "roles"');
    const details = roles[role];
    if (!isDict(details)) throw new ProtocolViolation('HELLO: a role must be a dict');
    const announced = details['features'] ?? EMPTY;
    if (!isDict(announced)) throw new ProtocolViolation('HELLO: "features" of a role must be a dict');
    for (const feature of Object.keys(announced)) {
      if (announced[feature] === true) features.add(`${role}.${feature}`);
    }
  }
  if (Object.keys(roles).length === 0) throw new ProtocolViolation('HELLO: "roles" names no role');
  return features;
}

/**
 * Reads the details of a HELLO whose option types have been checked (`checkOptions`).
 * An absent or empty `authmethods` means `["anonymous"]`. Crossbar: HELLO parsing, 1.3 step 0.
 * @throws ProtocolViolation where `roles` is missing, empty or malformed
 */
export function readHello(details: Dict): HelloDetails {
  const roles = details['roles'];
  if (!isDict(roles)) throw new ProtocolViolation('HELLO: "roles" must be a dict');
  const authmethods = (details['authmethods'] ?? []) as readonly string[];
  return {
    authmethods: authmethods.length > 0 ? authmethods : ['anonymous'],
    authid: (details['authid'] ?? null) as string | null,
    authrole: (details['authrole'] ?? null) as string | null,
    authextra: (details['authextra'] ?? null) as Dict | null,
    features: announcedFeatures(roles),
  };
}
