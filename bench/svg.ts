/** What a text holds that would be markup, as SVG wants it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** Numbers as short as they can be and still be exact to a hundredth of a pixel, alike on all machines. */
function attribute([name, value]: [string, string | number]): string {
  const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : escaped(value);
  return ` ${name}="${text}"`;
}

function open(name: string, attributes: Attributes): string {
  return `<${name}${Object.entries(attributes).map(attribute).join('')}`;
}

export function rectangle(attributes: Attributes): string {
  return `${open('rect', attributes)}/>`;
}

export function line(attributes: Attributes): string {
  return `${open('line', attributes)}/>`;
}

export function words(text: string, attributes: Attributes): string {
  return `${open('text', attributes)}>${escaped(text)}</text>`;
}

/**
 * The picture on a ground of its own, so that it can be read on any page; light or dark as the reader's system is.
 * @param title read out in place of the picture
 */
export function picture(title: string, width: number, height: number, parts: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
  };
  return [
    `${open('svg', attributes)}>`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    rectangle({ class: 'ground', width, height, rx: 6 }),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.small { font-size: 11px; fill: #57606a; }
.ground { fill: #ffffff; }
.grid { stroke: #d0d7de; }
.ours { fill: #1a7f64; }
.theirs { fill: #8c959f; }
.behind { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .ground { fill: #0d1117; }
  .grid { stroke: #3d444d; }
  .ours { fill: #3fb992; }
  .theirs { fill: #656c76; }
  .behind { fill: #db6d28; }
}
`;
