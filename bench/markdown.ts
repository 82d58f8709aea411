/** What stands for a figure that nobody knows. */
export const NOT_KNOWN = '–';

/** @param digits behind the point */
export function written(value: number | null, digits: number): string {
  if (value === null) return NOT_KNOWN;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A ratio, with two digits that say something. */
export function times(ratio: number | null): string {
  return ratio === null ? NOT_KNOWN : `${written(ratio, ratio < 9.95 ? 2 : 1)} ×`;
}

/** A table. @param words how many columns, from the first, are words and not numbers */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  words: number,
): string {
  const rule = headings.map((_, index) => (index < words ? '---' : '---:'));
  return [headings, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
