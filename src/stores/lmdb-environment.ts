import { join } from 'node:path';
import type { RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb';
import { isLmdbFile } from './lmdb-file.ts';
import { importLmdb } from './lmdb-module.ts';

type Options = Pick<RootDatabaseOptionsWithPath, 'mapSize' | 'readOnly' | 'noSync'>;

/**
 * Opens an LMDB environment in a directory.
 * @param names the databases that may be in it; others are somebody else's, and are left alone
 * @throws Error one sentence: why it cannot be used, and what to do
 */
export async function openEnvironment(path: string, options: Options, names: readonly string[]): Promise<RootDatabase> {
  const { open } = await importLmdb('database');
  let root: RootDatabase;
  try {
    if (!(await isLmdbFile(join(path, 'data.mdb')))) throw new Error('it is damaged, or something else');
    root = open({
      ...options,
      path,
      // A name such as `.cookies` would be taken for a file's.
      noSubdir: false,
      maxDbs: names.length,
      // Else a write counts as done before the disk has it.
      overlappingSync: false,
      encoding: 'binary',
    });
  } catch (cause) {
    throw new Error(`the database in ${path} cannot be opened: is it one of LMDB, and may this user write there?`, {
      cause,
    });
  }
  const foreign = [...root.getKeys({ limit: names.length + 1 })].some((name) => !names.includes(String(name)));
  if (foreign) {
    await root.close();
    throw new Error(`the database in ${path} holds something else: move it away, or give another path`);
  }
  return root;
}
