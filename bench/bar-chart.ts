import { line, picture, rectangle, words } from './svg.ts';

const WIDTH = 760;
const MARGIN = 16;
/** Where bars begin; before that are their names. */
const LEFT = 210;
/** Where they end; behind that are their values. */
const RIGHT = WIDTH - 90;
const TOP = 64;
const BAR = 14;
const STEP = 19;
const GAP = 12;

/** Where text sits that belongs to a bar. */
const BASELINE = 11;

interface Heading {
  readonly title: string;
  /** What the figures are. */
  readonly about: string;
}

function heading({ title, about }: Heading): readonly string[] {
  return [words(title, { class: 'title', x: MARGIN, y: 26 }), words(about, { class: 'small', x: MARGIN, y: 45 })];
}

function label(text: string, y: number): string {
  return words(text, { x: LEFT - 8, y: y + BASELINE, 'text-anchor': 'end' });
}

export interface Ratio {
  readonly name: string;
  readonly ratio: number;
  /** The ratio as people read it. */
  readonly text: string;
}

/** Where lines are drawn, of those that lie in between. */
const TICKS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

/** Ratios as bars that begin at 1, to the right where ours is better and to the left where it is not; logarithmic. */
export function ratioChart(about: Heading, ratios: readonly Ratio[]): string {
  const logs = ratios.map(({ ratio }) => Math.log10(ratio));
  const least = Math.min(0, ...logs);
  const most = Math.max(1, ...logs);
  const at = (log: number): number => LEFT + ((log - least) / (most - least)) * (RIGHT - LEFT);
  const bottom = TOP + ratios.length * STEP;
  const grid = TICKS.filter((tick) => Math.log10(tick) >= least && Math.log10(tick) <= most).flatMap((tick) => {
    const x = at(Math.log10(tick));
    return [
      line({ class: 'grid', x1: x, y1: TOP - 4, x2: x, y2: bottom, 'stroke-width': tick === 1 ? 2 : 1 }),
      words(`${tick} ×`, { class: 'small', x, y: bottom + 14, 'text-anchor': 'middle' }),
    ];
  });
  const bars = ratios.flatMap(({ name, ratio, text }, index) => {
    const y = TOP + index * STEP;
    const [from, to] = [at(0), at(Math.log10(ratio))];
    const box = { x: Math.min(from, to), y, width: Math.abs(to - from), height: BAR };
    return [
      label(name, y),
      rectangle({ class: ratio >= 1 ? 'ours' : 'behind', ...box }),
      words(text, { x: Math.max(from, to) + 6, y: y + BASELINE }),
    ];
  });
  return picture(about.title, WIDTH, bottom + 24, [...heading(about), ...grid, ...bars]);
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly ours: boolean;
}

export interface BarGroup {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** Values as bars from zero, in groups that each have a scale of their own. */
export function barChart(about: Heading, groups: readonly BarGroup[]): string {
  let y = TOP;
  const parts: string[] = [];
  for (const { name, bars } of groups) {
    const most = Math.max(...bars.map(({ value }) => value));
    parts.push(words(name, { class: 'small', x: MARGIN, y: y + BASELINE }));
    for (const bar of bars) {
      const width = most > 0 ? (Math.max(0, bar.value) / most) * (RIGHT - LEFT) : 0;
      parts.push(
        label(bar.name, y),
        rectangle({ class: bar.ours ? 'ours' : 'theirs', x: LEFT, y, width, height: BAR }),
        words(bar.text, { x: LEFT + width + 6, y: y + BASELINE }),
      );
      y += STEP;
    }
    y += GAP;
  }
  return picture(about.title, WIDTH, y + 4, [...heading(about), ...parts]);
}
