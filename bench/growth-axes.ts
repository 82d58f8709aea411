/** What a router is filled with. */
export interface Filling {
  readonly realms: number;
  /** In each realm: a multiple of ten, as so many send at a time. */
  readonly sessions: number;
  /** Registrations in each realm, and as many subscriptions; spread evenly over its sessions. */
  readonly entries: number;
}

/** One thing that grows while all else stays. */
export interface Axis {
  readonly what: string;
  readonly sizes: readonly number[];
  readonly fill: (size: number) => Filling;
}

/** Enough that none has more than a session may hold of a million registrations and a million subscriptions. */
const SESSIONS = 250;

export const ENTRIES: Axis = {
  what: 'registrations, and as many subscriptions',
  sizes: [10, 100, 1_000, 10_000, 100_000, 1_000_000],
  fill: (entries) => ({ realms: 1, sessions: SESSIONS, entries }),
};

/** The same sessions and entries, in more and more realms. */
export const REALMS: Axis = {
  what: 'realms',
  sizes: [1, 10, 100, 1_000],
  fill: (realms) => ({ realms, sessions: 10_000 / realms, entries: 30_000 / realms }),
};

export const SESSIONS_OF_ONE: Axis = {
  what: 'sessions',
  sizes: [10, 100, 1_000, 10_000],
  fill: (sessions) => ({ realms: 1, sessions, entries: 10_000 }),
};
