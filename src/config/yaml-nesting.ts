import type { CST } from 'yaml';
import { MAX_DEPTH, tooDeep } from './source.ts';

/**
 * Refuses nesting that the composer of the library, which calls itself for each level, would not
 * survive: near the end of the stack the JavaScript engine ends the process instead of throwing.
 * @throws SourceError
 */
export function checkNesting(tokens: readonly CST.Token[]): void {
  const open: { token: CST.Token | null | undefined; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token?.type === 'document') open.push({ token: token.value, depth });
    if (token?.type !== 'block-map' && token?.type !== 'block-seq' && token?.type !== 'flow-collection') continue;
    if (depth > MAX_DEPTH) throw tooDeep(token.offset);
    for (const { key, value } of token.items) {
      open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
    }
  }
}
