import { PAGES } from '../../src/session/page-pool.ts';

/**
 * From now on every page is overwritten as soon as it is given back: who still reads it then, or sends it, is caught.
 * Returns what ends that, and how many were.
 */
export function spoilPages(): () => number {
  const give = PAGES.give;
  let spoiled = 0;
  PAGES.give = (page) => {
    spoiled += 1;
    page.bytes.fill(0xdd);
    give.call(PAGES, page);
  };
  return () => {
    PAGES.give = give;
    return spoiled;
  };
}
