/** The console and the documentation site have one source for what both show: colors, reset, skip link, header. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const CONSOLE = 'shared/console/style';
const FOUNDATION = `${CONSOLE}/foundation`;
const SITE = 'shared/docs/site/style';

/** Declarations of rules outside at-rules: `a{color:var(--accent)}`. */
function declarations(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.css'))) {
    const text = readFileSync(path.join(folder, name), 'utf8').replace(/\/\*[^*]*\*\//g, '');
    for (const rule of text.split(/^\}\n?/m)) {
      const [selectors = '', body = ''] = rule.split('{\n');
      if (selectors.includes('@media')) continue;
      for (const selector of selectors.split(','))
        for (const declaration of body.split(';'))
          if (declaration.trim() !== '') found.add(`${selector.trim()}{${declaration.trim().replace(/\s+/g, ' ')}}`);
    }
  }
  return found;
}

const shared = declarations(FOUNDATION);

test('the shared style has the reset, the skip link and the header', () => {
  for (const rule of [
    'body{margin: 0}',
    '.skip{position: fixed}',
    '.header{position: sticky}',
    'a{color: var(--accent)}',
  ])
    assert.ok(shared.has(rule), rule);
});

for (const folder of [CONSOLE, SITE])
  test(`${folder} repeats no rule of the shared style`, () =>
    assert.deepEqual(
      [...declarations(folder)].filter((declaration) => shared.has(declaration)),
      [],
    ));

for (const entry of ['shared/console/style.css', `${SITE}/site.css`])
  test(`${entry} imports the shared style`, () =>
    assert.match(readFileSync(entry, 'utf8'), /@import '[./a-z]*style\/foundation\/foundation\.css';/));
