import type { Dict } from '../wamp/dict.ts';
import { ERRORS } from '../wamp/errors.ts';
import { AuthenticationError } from './authenticator.ts';
import { deny } from './outcome.ts';

/**
 * An authenticator's answer lets nobody prove anything by it: a credential is missing or unusable. The
 * text names its key, and never quotes it.
 */
export function unusableCredential(key: string): AuthenticationError {
  return new AuthenticationError(deny(ERRORS.authenticationFailed.uri, `got invalid "${key}" from authenticator`));
}

/** A text among the credentials of 1 to `most` characters. @throws AuthenticationError */
export function textCredential(credentials: Dict, key: string, most: number): string {
  const value = credentials[key];
  if (typeof value !== 'string' || value === '' || value.length > most) throw unusableCredential(key);
  return value;
}

/** An integer among the credentials; absent and null count as `otherwise`. @throws AuthenticationError */
export function integerCredential(
  credentials: Dict,
  key: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number | null },
): number {
  const value = credentials[key] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw unusableCredential(key);
  }
  return value;
}
