/** Prints the tables of infra/cost.md in Markdown, to be copied there: node esbuild.config.mjs run shared/cli/cost/main.ts */
import { markdownCosts, millionTable, monthTable, priceTable, storageTable } from './tables.ts';

console.log([monthTable(), millionTable(), storageTable(), priceTable()].map(markdownCosts).join('\n\n'));
