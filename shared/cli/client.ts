/**
 * `npm run client`: generates a TypeScript file that calls the connector, with types for every entity and action.
 *   npm run client -- --out src/stripe-connector.ts --entities Customer,PaymentIntent --actions ConfirmPaymentIntent
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogFiles } from '../adapters/catalog-files.ts';
import { descriptionFile } from '../adapters/description-file.ts';
import type { FunctionRow } from '../catalog/function-rows.ts';
import { selectionOf } from '../schema/selection.ts';
import { generateClient } from '../schema/client/generate.ts';
import { Discovery } from '../schema/discovery.ts';
import { command, option } from './command.ts';

const CLIENT_USAGE = [
  'npm run client -- [--out FILE] [--entities NAME,...] [--actions NAME,...]',
  '  FILE defaults to build/stripe-connector.ts; without names the client has every entity and action',
].join('\n');

const OPTIONS: ReadonlySet<string> = new Set(['--out', '--entities', '--actions']);

// eslint-disable-next-line @typescript-eslint/require-await -- the command prints what it throws as one line
command(CLIENT_USAGE, async (args) => {
  if (args[0] === '--help') return CLIENT_USAGE;
  // Every option has a value.
  const valid = args.every((arg, index) => index % 2 === 1 || OPTIONS.has(arg)) && args.length % 2 === 0;
  return valid ? writeClient(args) : undefined;
});

/** Writes the file and reports its size. */
function writeClient(args: readonly string[]): string {
  const out = option(args, 'out') ?? 'build/stripe-connector.ts';
  const descriptions = descriptionFile('build/descriptions.json');
  const discovery = new Discovery({ ...catalogFiles('shared/catalog'), descriptions });
  const chosen = selectionOf(discovery, option(args, 'entities'), option(args, 'actions'));
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as { functions: FunctionRow[] };
  const runtime = readFileSync('shared/schema/client/runtime.ts', 'utf8');
  const text = generateClient(discovery, { ...chosen, functions }, runtime);
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileSync(out, text);
  return `${out}: ${Math.ceil(text.length / 1024)} KiB`;
}
