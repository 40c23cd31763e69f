/** The tables of settings and environment variables on the settings page. */
import { LOCAL_DEFAULTS } from '../../config/environment.ts';
import { variableDefinitions } from '../../config/environment-variables.ts';
import { settingDefinitions, type SettingDefinition } from '../../config/settings-schema.ts';

export function settingsTable(): string {
  const rows = settingDefinitions().map((row) => [`\`${row.name}\``, row.description, defaultCell(row)]);
  return paddedTable(['setting', 'meaning', 'default'], rows);
}

export function environmentTable(): string {
  const rows = variableDefinitions().map(({ name, description, isLocal }) => [
    `\`${name}\``,
    description,
    isLocal ? 'local development' : 'anywhere',
  ]);
  return paddedTable(['variable', 'meaning', 'allowed in'], rows);
}

function defaultCell({ name, description, default: value, required }: SettingDefinition): string {
  if (required) return `required; \`${LOCAL_DEFAULTS[name as keyof typeof LOCAL_DEFAULTS]}\` locally`;
  if (value === undefined) return /\bdefault\b/.test(description) ? 'see left' : 'none';
  return typeof value === 'string' && /^[a-z]+$/.test(value) ? value : JSON.stringify(value);
}

/** Returns a table as the formatter pads it. */
export function paddedTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)));
  const line = (texts: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (texts[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head, ' '), line([], '-'), ...body.map((cells) => line(cells, ' '))].join('\n');
}
