/**
 * The ways into a router that loads come through: one URL each. A router needs only those of the scenarios that
 * it is measured with; what is behind each, `bench-node.ts` configures.
 */
export const DOORS = ['websocket', 'rawsocket', 'ticket', 'wampcra', 'dynamic', 'rules', 'authorizer'] as const;

export type Door = (typeof DOORS)[number];

/** Where a router is reached; null: not that way. */
export type RouterUrls = Readonly<Record<Door, string | null>>;

/** All doors, closed but for some. */
export function doors(open: Partial<RouterUrls>): RouterUrls {
  return { ...CLOSED, ...open };
}

const CLOSED: RouterUrls = {
  websocket: null,
  rawsocket: null,
  ticket: null,
  wampcra: null,
  dynamic: null,
  rules: null,
  authorizer: null,
};
