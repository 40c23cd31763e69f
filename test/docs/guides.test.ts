/** Every example of the guides is run: on one server for all of them, or on the servers that a page starts itself. */
import { after, before, test } from 'node:test';
import { examplesOf, GUIDES, pages } from './pages.ts';
import { runPage } from './run-page.ts';
import { noServer, sharedServer, type Stage } from './stage.ts';

let shared: Stage;
before(async () => {
  shared = await sharedServer();
});
after(() => shared.end());

for (const page of pages(GUIDES)) {
  const examples = examplesOf(page);
  if (examples.length === 0) continue;
  const startsServers = examples.some(({ about }) => about.startsWith('background '));
  test(`${page}: ${examples.length} examples`, async () => {
    if (!startsServers) return runPage(page, shared);
    const stage = await noServer(examples.some(({ text }) => text.includes('sk_test_...')));
    try {
      await runPage(page, stage);
    } finally {
      await stage.end();
    }
  });
}
