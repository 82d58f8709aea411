import type { Door, RouterUrls } from './doors.ts';
import type { Scenario } from './scenario.ts';
import type { Target } from './target.ts';

function optionOf(door: Door): string {
  return door === 'websocket' || door === 'rawsocket' ? `--url for ${door}` : `--${door}-url`;
}

/** A router that somebody else has started. */
export function givenTarget(urls: RouterUrls, pids: readonly number[]): Target {
  const cannot = (scenario: Scenario): string | null => {
    if (scenario.kind === 'start') return 'it is not the bench that starts this router';
    const missing = scenario.doors.find((door) => urls[door] === null);
    return missing === undefined ? null : `no ${optionOf(missing)}`;
  };
  return { name: 'given', urls, pids: () => pids, cannot, fresh: null, startUp: null };
}
