import { writeFileSync } from 'node:fs';
import type { CommandContext, CommandResult } from '../commands/definition.ts';

/** `openapi`: the document of the server, for the chosen entities and actions. */
export async function writeOpenApi(context: CommandContext): Promise<CommandResult> {
  const query = new URLSearchParams();
  for (const name of ['entities', 'actions']) {
    const names = context.text(name);
    if (names !== undefined) query.set(name, names);
  }
  const file = context.flag('version30') ? 'openapi-3.0.json' : 'openapi.json';
  const document = await context.server().get(`/${file}${query.size === 0 ? '' : `?${String(query)}`}`);
  const text = JSON.stringify(document, null, 2);
  const out = context.text('out');
  if (out === undefined) return { value: document, text };
  writeFileSync(out, `${text}\n`);
  return { value: { file: out, bytes: text.length }, text: `${out}: ${Math.ceil(text.length / 1024)} KiB` };
}
