import { createHash } from 'node:crypto';

/** A sentence of the specification that demands something, without its text, which is not ours to copy. */
export interface SpecSentence {
  /** Below `rfc/text/`. */
  readonly file: string;
  /** The heading under which it stands. */
  readonly heading: string;
  /** Of its words, whatever their markup and where its lines break. */
  readonly hash: string;
  readonly text: string;
}

/** Capital or not: the chapters that are younger than RFC 8174 have both. */
const DEMAND = /\b(?:must|shall|should|REQUIRED)\b/i;
const REQUIRED = /\brequired\b/;

const HEADING = /^#+\s+(.*?)\s*(?:\{#.*\})?$/;
const ITEM = /^\s*(?:[*-]|\d+\.)\s+/;
const NOT_PROSE = /^\s*\|/;

/** The sentences of a chapter that say that something must or should be, in their order. */
export function sentencesOf(file: string, markdown: string): SpecSentence[] {
  const found = new Map<string, SpecSentence>();
  for (const { heading, text } of paragraphsOf(markdown)) {
    for (const sentence of text.split(/(?<=[.!?:]["')]?)\s+(?=[\p{Lu}*`"(])/u)) {
      if (!demands(sentence)) continue;
      const words = sentence
        .replace(/[*_`>\\]/g, '')
        .replace(/\s+/g, ' ')
        .trim();
      const hash = createHash('sha256').update(words.toLowerCase()).digest('hex').slice(0, 12);
      found.set(`${heading} ${hash}`, { file, heading, hash, text: words });
    }
  }
  return [...found.values()];
}

/** Whether it says `must`, `shall`, `should` in any case, or `REQUIRED`, which in lower case demands nothing. */
function demands(sentence: string): boolean {
  return DEMAND.test(sentence.replace(new RegExp(REQUIRED, 'g'), ''));
}

interface Paragraph {
  readonly heading: string;
  readonly text: string;
}

/** Paragraphs and items of lists, each in one line; no code, no tables. */
function paragraphsOf(markdown: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let heading = '';
  let lines: string[] = [];
  let fence = false;
  const end = (): void => {
    if (lines.length > 0) paragraphs.push({ heading, text: lines.join(' ') });
    lines = [];
  };
  for (const line of markdown.split('\n').map((text) => text.replace(/^\s*>\s?/, ''))) {
    const [, title] = HEADING.exec(line) ?? [];
    const fenced = /^\s*(?:```|~~~)/.test(line);
    if (fenced || fence || title !== undefined || line.trim() === '' || NOT_PROSE.test(line)) end();
    if (fenced) fence = !fence;
    else if (fence || NOT_PROSE.test(line) || line.trim() === '') continue;
    else if (title !== undefined) heading = title.replaceAll('`', '');
    else {
      if (ITEM.test(line)) end();
      lines.push(line.replace(ITEM, '').trim());
    }
  }
  end();
  return paragraphs;
}
