/** Headers of a request: names and values in turn. */
export interface RawHeaders {
  readonly rawHeaders: readonly string[];
}

/**
 * All values of a header, as they came. To look into a request's `headers` would make a dictionary of all headers
 * first, and an upgrade needs none.
 * @param name in lower case
 */
export function headerValues({ rawHeaders }: RawHeaders, name: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const each = rawHeaders[at] as string;
    if (each.length === name.length && each.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
}

/** Whether a list in a header has an element. @param token in lower case */
export function hasToken(header: string, token: string): boolean {
  // Nearly all such lists are one word.
  if (header.length === token.length) return header.toLowerCase() === token;
  return header.split(',').some((part) => part.trim().toLowerCase() === token);
}
