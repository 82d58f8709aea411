import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeHtml, htmlPage, PAGE_POLICY } from '../../src/webservice/page.ts';

test('escaped text holds no markup and no control characters', () => {
  assert.equal(
    escapeHtml(`<a href="x" b='y'>&\r\n\0`),
    '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\ufffd\ufffd\ufffd',
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(escapeHtml(text), /[<>"'\p{Cc}]/u);
    }),
    { numRuns: 300 },
  );
});

test('the policy of a page allows its one style and nothing else', () => {
  const page = htmlPage('<title>', '<p>content</p>');
  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(PAGE_POLICY.includes(`style-src 'sha256-${hash}'`));
  assert.ok(PAGE_POLICY.startsWith("default-src 'none'"));
  assert.ok(page.includes('<h1>&lt;title&gt;</h1>\n<p>content</p>'));
  assert.doesNotMatch(page, /https?:|src=|<script|style="/);
});
