import { describe } from 'node:test';
import { MemoryCookies } from '../../src/stores/memory-cookies.ts';
import { cookieStoreSuite } from './cookie-store-suite.ts';

describe('cookies in memory', () => {
  cookieStoreSuite(async () => new MemoryCookies(3));
});
