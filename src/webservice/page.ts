import { createHash } from 'node:crypto';

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6778;--line:#dfe4ea;--paper:#fff;--ground:#f4f6f8;--mark:#0f766e}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b6;--line:#2c3643;--paper:#18202a;--ground:#10161d;--mark:#5eead4}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:2rem 1rem;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:40rem;padding:2.25rem 2.5rem;background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--mark);border-radius:.6rem}
h1{margin:0 0 .75rem;font-size:1.4rem;letter-spacing:-.01em}
p{margin:.5rem 0;color:var(--soft)}
a{color:var(--mark)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.45rem 1.5rem;margin:1.25rem 0 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:1rem 0 0;padding:0;list-style:none}li{padding:.3rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
dd,li{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}
@media (max-width:32rem){main{padding:1.5rem 1.25rem}dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.6rem}}
`;

/** What goes with each page of ours: it loads nothing, runs nothing, and sits in nobody's frame. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text as HTML, for content and for quoted attributes. Control characters become U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd').replace(/[&<>"']/g, (character) => ESCAPES.get(character) ?? '');
}

/**
 * A whole page of the router's own, self-contained, for light and dark.
 *
 * @param title plain text
 * @param content HTML
 */
export function htmlPage(title: string, content: string): string {
  const heading = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${content}
</main>
</body>
</html>
`;
}
