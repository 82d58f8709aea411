import { promises as fs } from 'node:fs';
import { escapeHtml } from './page.ts';

/** Entries read of one directory; what is beyond is not shown. */
const MAX_ENTRIES = 5_000;

/**
 * The content of a directory as HTML: subdirectories first, then files, by name; names that begin with
 * a dot are left out, as they are not served.
 *
 * @param isRoot whether there is nothing above it to go to
 */
export async function directoryListing(directory: string, isRoot: boolean): Promise<string> {
  const directories: string[] = [];
  const files: string[] = [];
  let read = 0;
  for await (const entry of await fs.opendir(directory)) {
    read += 1;
    if (read > MAX_ENTRIES) break;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) directories.push(`${entry.name}/`);
    else files.push(entry.name);
  }
  const names = [...(isRoot ? [] : ['../']), ...directories.sort(), ...files.sort()];
  const items = names.map((name) => `<li><a href="./${href(name)}">${escapeHtml(name)}</a></li>`);
  if (items.length === 0) return '<p>This directory is empty.</p>';
  const more = read > MAX_ENTRIES ? `<p>Only the first ${MAX_ENTRIES} entries are shown.</p>` : '';
  return `<ul>\n${items.join('\n')}\n</ul>\n${more}`;
}

function href(name: string): string {
  return name.endsWith('/') ? `${encodeURIComponent(name.slice(0, -1))}/` : encodeURIComponent(name);
}
