/**
 * Whether the specification demands anything that `spec-audit.json` does not know of, or no longer demands what it
 * knows: `npm run spec-audit -- DIRECTORY`, a checkout of github.com/wamp-proto/wamp-proto. Exit code 1 where so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAudit } from './spec-audit.ts';
import { sentencesOf } from './spec-sentences.ts';

const DIRECTORIES = ['basic', 'advanced'];

function chaptersIn(texts: string): string[] {
  return DIRECTORIES.flatMap((directory) =>
    readdirSync(join(texts, directory))
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .sort()
      .map((name) => `${directory}/${name}`),
  );
}

function compare(checkout: string): string[] {
  const texts = join(checkout, 'rfc', 'text');
  const { chapters, outside } = readAudit();
  const lines: string[] = [];
  const there = chaptersIn(texts);
  for (const file of there.filter((name) => outside[name] === undefined)) {
    const known = new Map((chapters[file] ?? []).map((row) => [`${row.heading} ${row.hash}`, row]));
    for (const { heading, hash, text } of sentencesOf(readFileSync(join(texts, file), 'utf8'))) {
      if (!known.delete(`${heading} ${hash}`)) lines.push(`new: ${file}, "${heading}", ${hash}: ${text}`);
    }
    for (const { heading, hash, says } of known.values()) {
      lines.push(`gone: ${file}, "${heading}", ${hash}: ${says}`);
    }
  }
  const gone = [...Object.keys(chapters), ...Object.keys(outside)].filter((file) => !there.includes(file));
  return [...lines, ...gone.map((file) => `gone: ${file}`)];
}

const [checkout = ''] = process.argv.slice(2);
if (!existsSync(join(checkout, 'rfc', 'text', 'basic'))) {
  process.stderr.write('npm run spec-audit -- DIRECTORY: a checkout of github.com/wamp-proto/wamp-proto\n');
  process.exitCode = 2;
} else {
  const lines = compare(checkout);
  process.stdout.write(lines.map((line) => `${line}\n`).join('') || 'The audit knows each sentence, and no other.\n');
  process.exitCode = lines.length === 0 ? 0 : 1;
}
