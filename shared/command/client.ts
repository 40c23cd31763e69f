/**
 * `npm run client`: makes one TypeScript file that calls the connector, with types for every entity and action.
 *   npm run client -- --out src/stripe-connector.ts --entities Customer,PaymentIntent --actions ConfirmPaymentIntent
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueFiles } from '../adapters/catalogue-files.ts';
import { pascal } from '../catalog/names.ts';
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
const named = (list: string | undefined): string[] | undefined =>
  list?.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
const all = values.entities === undefined && values.actions === undefined;
const entities = named(values.entities)?.map((name) => discovery.entity(name).name);
const actions = named(values.actions)?.map((name) => discovery.action(name).name);

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
    entities: entities ?? (all ? discovery.entityNames() : []),
    actions: actions ?? (all ? discovery.actionNames() : []),
    functions: Object.fromEntries(own),
  },
  readFileSync('shared/describe/client/runtime.ts', 'utf8'),
);
mkdirSync(path.dirname(values.out), { recursive: true });
writeFileSync(values.out, text);
console.log(`${values.out}: ${Math.ceil(text.length / 1024)} KiB`);
