import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filesNamedIn } from '../../build/files-named.ts';

describe('files that code names', () => {
  it('are found, folders among them', () => {
    const code = `var A = fileURLToPath2(new URL("./a-process.js", import.meta.url));
      var B = new URL("./scenarios/", import.meta.url);
      var own = dirname(fileURLToPath(import.meta.url));`;
    assert.deepEqual(filesNamedIn(code), ['a-process.js', 'scenarios']);
  });

  const wrong = {
    'in another folder': 'new URL("../worker/main.js", import.meta.url)',
    deeper: 'new URL("./worker/main.js", import.meta.url)',
    'by a computed name': 'new URL(`./main$' + '{extension}`, import.meta.url)',
    'by another property': 'join(import.meta.dirname, "main.js")',
  };
  for (const [how, code] of Object.entries(wrong)) {
    it(`are refused ${how}`, () => {
      assert.throws(() => filesNamedIn(code), /import\.meta stands where no file beside it is named/);
    });
  }
});
