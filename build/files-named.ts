/**
 * The files, or folders, that code names by `new URL('./…', import.meta.url)`. The bundle is one folder, so that what
 * lies beside a module in `src` lies beside it there too: other paths, and computed ones, would lead elsewhere.
 * @throws Error where code asks where it is in another way than `fileURLToPath(import.meta.url)`, or names no file beside itself
 */
export function filesNamedIn(code: string): string[] {
  const named = [...code.matchAll(/new URL\(\s*"\.\/([\w-]+(?:\.js)?)\/?",\s*import\.meta\.url\s*\)/g)];
  const asked = code.match(/import\.meta/g) ?? [];
  const itself = code.match(/fileURLToPath\d*\(import\.meta\.url\)/g) ?? [];
  if (named.length + itself.length !== asked.length) {
    throw new Error(`import.meta stands where no file beside it is named: ${excerpts(code).join('; ')}`);
  }
  return named.map(([, name = '']) => name);
}

function excerpts(code: string): string[] {
  return code.split('\n').filter((line) => line.includes('import.meta'));
}
