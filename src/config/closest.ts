/** Words longer than this are compared by nobody: the cost grows with the product of the lengths. */
const MAX_LENGTH = 40;

/** So many words are compared, the first ones: a file can have thousands of names, each misspelled. */
const MAX_WORDS = 200;

/** The word that `given` was most likely meant to be, or null where none is near. */
export function closest(given: string, words: readonly string[]): string | null {
  if (given.length > MAX_LENGTH) return null;
  const plain = normalize(given);
  let best: string | null = null;
  // In words of one or two letters any other word would be near.
  let bestDistance = plain.length < 3 ? 1 : Math.max(2, Math.floor(plain.length / 3) + 1);
  for (const word of words.slice(0, MAX_WORDS)) {
    const distance = editDistance(plain, normalize(word));
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Crossbar's keys mix `-` and `_`; that is the commonest slip. */
function normalize(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Levenshtein's distance. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
