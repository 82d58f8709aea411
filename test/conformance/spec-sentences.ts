import { createHash } from 'node:crypto';

/** A sentence of the specification that demands something. */
export interface SpecSentence {
  /** The heading under which it stands. */
  readonly heading: string;
  /** Of its words, whatever their markup, their case and where its lines break. */
  readonly hash: string;
  readonly text: string;
}

/** In any case: younger chapters write them small. `required` demands nothing but in capitals. */
const DEMAND = /\b(?:must|shall|should)\b/i;
const REQUIRED = /\bREQUIRED\b/;

/** `## Title {#anchor}`, or a line in bold. */
const HEADING = /^(?:#+\s+(.*?)\s*(?:\{#.*\})?|\*\*(.+)\*\*)\s*$/;
const ITEM = /^\s*(?:[*-]|\d+\.)\s+/;
const FENCE = /^\s*(?:```|~~~)/;

/** Lines between paragraphs: empty ones, rows of tables, attributes of what follows. */
const BETWEEN = /^\s*(?:\|.*|\{.*\})?\s*$/;

/** Where a sentence ends and another one begins. */
const GAP = /(?<=[.!?:]["')]?)\s+(?=[\p{Lu}*`"(])/u;

/** Of words; an underscore within a name is none. */
const MARKUP = /[*`\\]|(?<!\w)_|_(?!\w)/g;

/** The sentences of a chapter that say that something must or should be, in their order. */
export function sentencesOf(markdown: string): SpecSentence[] {
  const found = new Map<string, SpecSentence>();
  for (const { heading, text } of paragraphsOf(markdown)) {
    for (const sentence of text.split(GAP)) {
      if (!DEMAND.test(sentence) && !REQUIRED.test(sentence)) continue;
      const words = sentence.replace(MARKUP, '').replace(/\s+/g, ' ').trim();
      const hash = createHash('sha256').update(words.toLowerCase()).digest('hex').slice(0, 12);
      found.set(`${heading} ${hash}`, { heading, hash, text: words });
    }
  }
  return [...found.values()];
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
  let isCode = false;
  const end = (): void => {
    if (lines.length > 0) paragraphs.push({ heading, text: lines.join(' ') });
    lines = [];
  };
  for (const line of markdown.split('\n').map((text) => text.replace(/^\s*>\s?/, ''))) {
    const [, title, bold] = HEADING.exec(line) ?? [];
    const isFence = FENCE.test(line);
    if (isFence) isCode = !isCode;
    if (isFence || isCode || BETWEEN.test(line)) end();
    else if (title !== undefined || bold !== undefined) {
      end();
      heading = (title ?? bold ?? '').replace(/[`*:]/g, '').trim();
    } else {
      if (ITEM.test(line)) end();
      lines.push(line.replace(ITEM, '').trim());
    }
  }
  end();
  return paragraphs;
}
