/**
 * [WAMP: Sharded Registration] The specification names the options, and not how calls are spread over shards: there
 * is nothing to announce. But a call for one shard, or for all, must not quietly go to any one callee.
 */
import type { Dict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';

/** What the caller is told who asks for shards; null: it does not. */
export function refusalOfShards(options: Dict): [uri: string, text: string] | null {
  const runmode = options['runmode'];
  if (runmode !== 'partition' && runmode !== 'all') return null;
  if (runmode === 'partition' && typeof options['rkey'] !== 'string') {
    return [ERRORS.invalidArgument.uri, 'runmode "partition" takes the resource key "rkey"'];
  }
  return [ERRORS.featureNotSupported.uri, 'sharded registration is not announced by this router'];
}
