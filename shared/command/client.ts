/**
 * `npm run client`: makes one TypeScript file that calls the connector, with types for every entity and action.
 *   npm run client -- --out src/stripe-connector.ts --entities Customer,PaymentIntent --actions ConfirmPaymentIntent
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueFiles } from '../adapters/catalogue-files.ts';
import { pascal } from '../catalog/names.ts';
import { chosenOf } from '../describe/chosen.ts';
import { generateClient } from '../describe/client/generate.ts';
import { Discovery } from '../describe/discovery.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'build/stripe-connector.ts' },
    entities: { type: 'string' },
    actions: { type: 'string' },
  },
});

const discovery = new Discovery(catalogueFiles('shared/catalog'));
const chosen = chosenOf(discovery, values.entities, values.actions);

const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
  functions: { name: string; source?: string }[];
};
/** Actions that have a function of their own. */
const own = functions.flatMap(({ name, source = '' }): [string, string][] =>
  source === `actions/${name}.ts` && name !== 'execute-action' ? [[pascal(name.replaceAll('-', '_')), name]] : [],
);

const text = generateClient(
  discovery,
  {
    ...chosen,
    functions: Object.fromEntries(own),
  },
  readFileSync('shared/describe/client/runtime.ts', 'utf8'),
);
mkdirSync(path.dirname(values.out), { recursive: true });
writeFileSync(values.out, text);
console.log(`${values.out}: ${Math.ceil(text.length / 1024)} KiB`);
