import type { SectionId } from './page.ts';

/** The section and the path of a page on the site. */
export interface Placement {
  readonly section: SectionId;
  readonly path: string;
  /** The text in the navigation. If absent, the page's title is shown. */
  readonly label?: string | undefined;
}

type FileRow = readonly [source: string, section: SectionId, path: string, label?: string];

/** Files that are pages of the site. Within a section, this is the order of the navigation. */
const FILES: readonly FileRow[] = [
  ['shared/docs/index.md', 'start', '', 'Home'],
  ['README.md', 'start', 'overview', 'Overview'],
  ['infra/first-run.md', 'how-to', 'how-to/first-run', 'First run in Google Cloud'],
  ['infra/README.md', 'how-to', 'how-to/deploy', 'Deploy to Google Cloud'],
  ['infra/integrations.md', 'how-to', 'how-to/integrations', 'Use from Google Cloud'],
  ['infra/recipes/README.md', 'how-to', 'how-to/event-recipes', 'Deliver events'],
  ['infra/upgrade.md', 'how-to', 'how-to/upgrade', 'Upgrade and roll back'],
  ['functions/README.md', 'reference', 'reference/functions'],
  ['shared/catalog/README.md', 'reference', 'reference/catalog', 'Catalog'],
  ['shared/query/README.md', 'reference', 'reference/filters', 'Filter clause'],
  ['shared/config/README.md', 'reference', 'reference/settings', 'Settings'],
  ['shared/errors.md', 'reference', 'reference/errors', 'Errors'],
  ['shared/idempotency/README.md', 'reference', 'reference/idempotency', 'Idempotency'],
  ['shared/rate-limiter/README.md', 'reference', 'reference/rate-limit', 'Rate limit'],
  ['shared/cli/README.md', 'reference', 'reference/command', 'Command'],
  ['shared/management/README.md', 'reference', 'reference/management', 'Management'],
  ['shared/automation/README.md', 'reference', 'reference/pubsub-messages', 'Pub/Sub messages'],
  ['shared/webhooks/README.md', 'reference', 'reference/stripe-events', 'Stripe events'],
  ['shared/event-inbox/README.md', 'reference', 'reference/event-inbox', 'Event inbox'],
  ['shared/schema/client/README.md', 'reference', 'reference/typed-client', 'Typed client'],
  ['shared/mcp/README.md', 'reference', 'reference/mcp', 'MCP server'],
  ['shared/console/README.md', 'reference', 'reference/console', 'Console'],
  ['shared/sandbox/README.md', 'reference', 'reference/sandbox', 'Sandbox'],
  ['shared/sandbox/MODELLED.md', 'reference', 'reference/sandbox-behaviors', 'Sandbox behaviors'],
  ['infra/cost.md', 'reference', 'reference/cost', 'Cost tables'],
  ['infra/project/README.md', 'terraform', 'reference/terraform/project'],
  ['infra/connection/README.md', 'terraform', 'reference/terraform/connection'],
  ['infra/blueprint/README.md', 'terraform', 'reference/terraform/blueprint'],
  ['infra/ci/README.md', 'terraform', 'reference/terraform/ci'],
  ['shared/docs/glossary.md', 'help', 'glossary', 'Glossary'],
  ['shared/docs/faq.md', 'help', 'faq', 'FAQ'],
  ['CONTRIBUTING.md', 'project', 'project/contributing'],
  ['test/README.md', 'project', 'project/tests', 'Tests and figures'],
  ['CHANGELOG.md', 'project', 'project/changelog'],
  ['SECURITY.md', 'project', 'project/security'],
  ['CODE_OF_CONDUCT.md', 'project', 'project/code-of-conduct'],
];

/**
 * Patterns of files that are pages of the site, with the path of the page. Within a section, these pages come before
 * those of `FILES`. The `index.md` of a section's folder is the index page of the section.
 */
const PATTERNS: readonly (readonly [source: RegExp, section: SectionId, path: string])[] = [
  [/^shared\/docs\/tutorials\/index\.md$/, 'tutorials', 'tutorials'],
  [/^shared\/docs\/how-to\/index\.md$/, 'how-to', 'how-to'],
  [/^shared\/docs\/explanation\/index\.md$/, 'explanation', 'explanation'],
  [/^shared\/docs\/tutorials\/([\w-]+)\.md$/, 'tutorials', 'tutorials/$1'],
  [/^shared\/docs\/how-to\/([\w-]+)\.md$/, 'how-to', 'how-to/$1'],
  [/^shared\/docs\/explanation\/([\w-]+)\.md$/, 'explanation', 'explanation/$1'],
  [/^shared\/docs\/examples\/index\.md$/, 'how-to', 'how-to/examples'],
  [/^infra\/(examples|recipes)\/([\w-]+)\/README\.md$/, 'terraform', 'reference/terraform/$1/$2'],
];

/** Returns the section and the path of a Markdown file. Throws if neither table contains the file. */
export function placementOf(source: string): Placement {
  for (const [file, section, path, label] of FILES) if (file === source) return { section, path, label };
  for (const [pattern, section, path] of PATTERNS)
    if (pattern.test(source)) return { section, path: source.replace(pattern, path) };
  throw new RangeError(`${source} has no place on the documentation site; add it to shared/docs/site/site-map.ts`);
}

/**
 * Returns the rank of a file in its section: its index in `FILES`, or -1 for a file of `PATTERNS`, so that such files
 * come first.
 */
export function placementRank(source: string): number {
  return FILES.findIndex(([file]) => file === source);
}
