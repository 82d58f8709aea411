/** Pages of the documentation, as tests read them that hold them equal to what they tell of. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';

export interface CodeBlock {
  /** What stands behind the first three backticks. */
  readonly language: string;
  readonly text: string;
  /** The text before it, up to the block before that one. */
  readonly before: string;
}

export class Page {
  readonly text: string;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.text = readFileSync(join(repositoryRoot(), name), 'utf8');
  }

  /**
   * The cells of a table below a heading, without its head. The backticks of cells that are one piece of code are
   * taken off.
   * @param at 0: the first one there
   */
  table(heading: string, at = 0): string[][] {
    const tables = this.section(heading).match(/^(?:\|.*\n)+/gm) ?? [];
    const rows = tables[at]?.trimEnd().split('\n').slice(2);
    assert.ok(rows !== undefined, `${this.#name}: no table ${at} below "${heading}"`);
    return rows.map((row) =>
      row
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) =>
          cell
            .trim()
            .replaceAll('\\|', '|')
            .replace(/^`([^`]*)`$/, '$1'),
        ),
    );
  }

  /** What stands below a heading, up to the next one of whatever level. */
  section(heading: string): string {
    const [, rest] = this.text.split(new RegExp(`^#+ ${heading}$`, 'm'));
    assert.ok(rest !== undefined, `${this.#name}: no heading "${heading}"`);
    return rest.split(/^#+ /m)[0] ?? '';
  }

  blocks(): CodeBlock[] {
    const blocks: CodeBlock[] = [];
    let from = 0;
    for (const found of this.text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
      const [whole, language = '', text = ''] = found;
      blocks.push({ language, text, before: this.text.slice(from, found.index) });
      from = found.index + whole.length;
    }
    return blocks;
  }
}

/** The file of the examples that a block is a part of, if what is just before it names one. */
export function exampleOf({ before }: CodeBlock): string | null {
  const paragraph = before.trimEnd().split('\n\n').at(-1) ?? '';
  return /`(examples\/[\w./-]+\.\w+)`/.exec(paragraph)?.[1] ?? null;
}

/** As a text without what each of its lines begins with. */
function dedented(text: string): string {
  const lines = text.trimEnd().split('\n');
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}

/** Whether some lines of a file, one after the other, are those, however far indented. */
export function hasPart(file: string, part: string): boolean {
  const lines = file.split('\n');
  const count = part.trimEnd().split('\n').length;
  return lines.some((_, at) => dedented(lines.slice(at, at + count).join('\n')) === dedented(part));
}
