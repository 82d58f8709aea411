import { AUTH_EXPLAIN } from './auth-explain.ts';
import { AUTH_HASH } from './auth-hash.ts';
import { AUTH_TEST } from './auth-test.ts';
import type { CommandGroup } from './command.ts';

/** Tools for those who set up who may come in, and what they may do. */
export const AUTH: CommandGroup = {
  name: 'auth',
  summary: 'tools for authentication and authorization',
  commands: [AUTH_HASH, AUTH_TEST, AUTH_EXPLAIN],
};
