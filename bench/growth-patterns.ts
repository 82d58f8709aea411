import { UriIndex } from '../src/router/uri-index.ts';
import { URI_PREFIX } from './bench-node.ts';
import { numbers } from './growth-traffic.ts';
import { costOf } from './processor-time.ts';

const COMPONENTS = 8;
const NAMES = 4;
const LOOK_UPS = 1_024;

export interface PatternCosts {
  readonly patterns: number;
  /** Nanoseconds to find the one that a call goes to. */
  readonly best: number;
  /** Nanoseconds to find all that a publication goes to. */
  readonly all: number;
  /** How many these are, on average. */
  readonly matches: number;
}

/**
 * Look-ups where it is hard: patterns of 8 components, each empty or one of four names, in all of the 256 shapes
 * that a realm may hold, so that very many agree with a URI from its beginning.
 */
export function costOfPatterns(patterns: number): PatternCosts {
  const draw = numbers(4711);
  const name = (): string => `name${draw(NAMES)}`;
  const components = (one: () => string): string => Array.from({ length: COMPONENTS }, one).join('.');
  const index = new UriIndex<{ readonly pattern: string }>();
  while (index.size < patterns) {
    const pattern = URI_PREFIX + components(() => (draw(2) === 0 ? '' : name()));
    if (!index.hasRoom('wildcard', pattern)) throw new Error('there is no room for one more pattern');
    index.set('wildcard', pattern, { pattern });
  }
  const uris = Array.from({ length: LOOK_UPS }, () => URI_PREFIX + components(name));
  let matches = 0;
  for (const uri of uris) matches += index.patterns(uri).length;
  return {
    patterns,
    best: costOf(() => {
      for (const uri of uris) index.best(uri);
    }, LOOK_UPS),
    all: costOf(() => {
      for (const uri of uris) index.patterns(uri);
    }, LOOK_UPS),
    matches: matches / LOOK_UPS,
  };
}
