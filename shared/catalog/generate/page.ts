import { pascal } from '../names.ts';
import { parentsOf, routesOf } from '../routes.ts';
import { UNSUPPORTED_METHODS } from '../overrides.ts';
import type { Action, Entity } from '../types.ts';

/** Creates the page that lists all entities and actions. */
export function catalogPage(entities: readonly Entity[], actions: readonly Action[], sdk: string): string {
  const operations = entities.reduce((sum, entity) => sum + Object.keys(entity.operations).length, 0);
  return `# Entities and actions

\`npm run catalog\` generated this list from the package \`stripe\` ${sdk}: ${entities.length} entities with ${operations} operations, and ${actions.length} actions. No entity or action has code of its own.
\`GET /entities/{entity}\` and \`GET /actions/{action}\` return the columns, filters and inputs; the console of \`npm start\` shows them.

## Entities

${markdownTable(['entity', 'operations', 'belongs to'], entities.map(entityRow))}

## Actions

Call each with \`execute-action\` and its name. Actions in bold are also in Google's connector and have their own function.

${markdownTable(['action', 'on', 'required ids', 'path at Stripe'], actions.map(actionRow))}

## Not supported

Calls of these return 501 with the reason.

${markdownTable(
  ['operation', 'reason'],
  UNSUPPORTED_METHODS.map(({ name, reason }) => [`\`${name}\``, reason]),
)}
`;
}

function entityRow({ entity, operations, singleton }: Entity): string[] {
  const routes = Object.values(operations).flatMap(routesOf);
  const parents = new Set(routes.flatMap(({ path }) => parentsOf(path)));
  const names = [...parents].map(pascal).join(', ');
  return [
    `\`${entity}\``,
    Object.keys(operations).join(', ') + (singleton ? ` (one per ${names || 'account'})` : ''),
    names,
  ];
}

/** Actions that Google's connector has too. */
const GOOGLE_ACTIONS: ReadonlySet<string> = new Set([
  'ConfirmPaymentIntent',
  'CapturePaymentIntent',
  'CancelPaymentIntent',
  'AttachPaymentMethodToCustomer',
  'DetachPaymentMethodFromCustomer',
  'FinalizeInvoice',
  'FinalizeQuote',
  'AcceptQuote',
  'CancelQuote',
]);

function actionRow({ action, entity, method, path, idInput }: Action): string[] {
  const ids = [...parentsOf(path).map(pascal), ...(idInput === undefined ? [] : [idInput])];
  return [GOOGLE_ACTIONS.has(action) ? `**${action}**` : action, entity, ids.join(', '), `\`${method} ${path}\``];
}

/** Returns a Markdown table whose cells are padded as the formatter pads them. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(3, title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
