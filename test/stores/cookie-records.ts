import type { CookieLogin, CookieRecord } from '../../src/auth/cookie-store.ts';

export const NOW = Date.UTC(2026, 0, 31, 12, 34, 56, 789);

export const LOGIN: CookieLogin = {
  realm: 'realm1',
  authid: 'user1',
  authrole: 'user',
  authmethod: 'ticket',
  authextra: { tenant: 7 },
};

export function cookieRecord(id: string, more: Partial<CookieRecord> = {}): CookieRecord {
  return { id, created: NOW, modified: null, maxAge: 604_800, login: LOGIN, ...more };
}
