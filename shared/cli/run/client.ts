import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogFiles } from '../../adapters/catalog-files.ts';
import { descriptionFile } from '../../adapters/description-file.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { generateClient } from '../../schema/client/generate.ts';
import { Discovery } from '../../schema/discovery.ts';
import { selectionOf } from '../../schema/selection.ts';
import type { CommandContext, CommandResult } from '../commands/definition.ts';
import { UsageError } from '../io/exit.ts';

/** `client`: writes a TypeScript file with types for the chosen entities and actions. */
// oxlint-disable-next-line typescript/require-await -- an error must reject
export async function writeClient(context: CommandContext): Promise<CommandResult> {
  const out = context.text('out') ?? 'stripe-connector.ts';
  if (!out.endsWith('.ts') && !out.endsWith('.mts'))
    throw new UsageError(`--out: the client is TypeScript, so name it .ts: ${out}`);
  const inFolder = (name: string): string => path.join(context.folder, name);
  const descriptions = descriptionFile(inFolder('descriptions.json'));
  const discovery = new Discovery({ ...catalogFiles(inFolder('catalog')), descriptions });
  const chosen = selectionOf(discovery, context.text('entities'), context.text('actions'));
  const { functions } = JSON.parse(readFileSync(inFolder('manifest.json'), 'utf8')) as { functions: FunctionRow[] };
  const text = generateClient(discovery, { ...chosen, functions }, readFileSync(inFolder('client-runtime.ts'), 'utf8'));
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileSync(out, text);
  return { value: { file: out, bytes: Buffer.byteLength(text) }, text: `${out}: ${Math.ceil(text.length / 1024)} KiB` };
}
