import assert from 'node:assert/strict';
import { WampError } from '../../src/wamp/errors.ts';

/** For `assert.rejects`: a `WampError` of that URI, with that first argument. */
export function wampError(uri: string, message?: string | RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof WampError, String(error));
    assert.equal(error.uri, uri);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}
