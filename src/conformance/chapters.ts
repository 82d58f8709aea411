import { readdirSync, readFileSync } from 'node:fs';
import { type Chapter, readChapter } from './scenario.ts';

const DIRECTORY = new URL('./scenarios/', import.meta.url);

/**
 * The scenarios that come with Turnpike, by chapter of the specification.
 * @throws Error naming the file that is none, or the id that is there twice
 */
export function allChapters(): ReadonlyMap<string, Chapter> {
  const chapters = new Map<string, Chapter>();
  const ids = new Set<string>();
  for (const file of readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    try {
      const chapter = readChapter(readFileSync(new URL(file, DIRECTORY), 'utf8'));
      for (const { id } of chapter.scenarios) {
        if (ids.has(id)) throw new Error(`${id} is there twice`);
        ids.add(id);
      }
      chapters.set(file.replace('.json', ''), chapter);
    } catch (cause) {
      throw new Error(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
  return chapters;
}
