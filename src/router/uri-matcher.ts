import type { Match } from '../wamp/uri.ts';

/** Whether a URI is one of those that a pattern stands for. To find the patterns of one URI, use `UriIndex`. */
export function uriMatcher(match: Match, pattern: string): (uri: string) => boolean {
  if (match === 'exact') return (uri) => uri === pattern;
  if (match === 'prefix') return (uri) => uri.startsWith(pattern);
  const wanted = pattern.split('.');
  return (uri) => {
    const components = uri.split('.');
    return components.length === wanted.length && components.every((component, at) => agrees(wanted[at], component));
  };
}

/** An empty component of the pattern stands for any that is not empty. */
function agrees(wanted: string | undefined, component: string): boolean {
  return wanted === '' ? component !== '' : wanted === component;
}
