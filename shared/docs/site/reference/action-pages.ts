import type { Discovery } from '../../../schema/discovery.ts';
import type { ActionDescriptor } from '../../../schema/action.ts';
import type { DocsPage } from '../page.ts';
import { pageUrl } from '../page.ts';
import { entityPath, openingSentence, inputTable } from './entity-pages.ts';
import { escapedText, referenceTable } from './markdown-table.ts';

const ACTIONS = 'reference/actions';

/** Returns the page that lists the actions, and one page per action. */
export function actionPages(discovery: Discovery): DocsPage[] {
  const actions = discovery.actionNames().map((name) => discovery.action(name));
  return [actionIndex(actions), ...actions.map(actionPage)];
}

function actionPath(name: string): string {
  return `${ACTIONS}/${name}`;
}

function actionIndex(actions: readonly ActionDescriptor[]): DocsPage {
  const rows = actions.map(({ name, entity, description = '' }) => [
    `[${name}](${pageUrl(actionPath(name))})`,
    `[${entity}](${pageUrl(entityPath(entity))})`,
    escapedText(openingSentence(description)),
  ]);
  return {
    path: ACTIONS,
    section: 'reference',
    title: 'Actions',
    label: 'Actions',
    description: `Inputs and results of ${actions.length} actions.`,
    markdown: `# Actions

An action is a method of Stripe other than the five operations of an entity. Each of the nine actions of Google's
connector has its own [function](${pageUrl('reference/functions')}). \`execute-action\` runs every action.

${referenceTable(['action', 'entity', 'description'], rows)}
`,
    isListed: true,
    searchWords: [],
  };
}

function actionPage(action: ActionDescriptor): DocsPage {
  const { name, title, description = '', input } = action;
  return {
    path: actionPath(name),
    section: 'reference',
    title: name,
    label: name,
    description: openingSentence(description === '' ? `${title}.` : description),
    markdown: `${actionParts(action).join('\n\n')}\n`,
    isListed: false,
    searchWords: [title, ...Object.keys(input.properties ?? {})],
  };
}

/** Returns the paragraphs of the page of an action. */
function actionParts({
  name,
  title,
  description = '',
  entity,
  readOnly,
  input,
  result,
  waitStatuses,
}: ActionDescriptor): string[] {
  const inputs = Object.entries(input.properties ?? {});
  const required = inputs.filter(([key]) => input.required?.includes(key) === true);
  const payload = Object.fromEntries(required.map(([key, { example }]) => [key, example ?? '...']));
  const example = JSON.stringify({ action: name, connectorInputPayload: payload }, null, 2);
  const effectText = readOnly
    ? 'It only reads.'
    : 'It writes. A repeat with the same `operationId` has no second effect.';
  const outputs = Object.keys(result.properties ?? {}).map((key) => `\`${key}\``);
  const otherOutputs = typeof result.additionalProperties === 'object' ? ', and the other fields of the object' : '';
  const statuses = waitStatuses.map((status) => `\`${status}\``);
  return [
    `# ${name}`,
    escapedText(description === '' ? `${title}.` : description),
    `Belongs to [${entity}](${pageUrl(entityPath(entity))}). ${effectText}`,
    `\`\`\`json POST /execute-action\n${example}\n\`\`\``,
    ...(inputs.length === 0 ? [] : ['## Inputs', inputTable(input)]),
    '## Result',
    `The row has ${outputs.join(', ')}${otherOutputs}.`,
    ...(statuses.length === 0 ? [] : [`\`waitFor\` may name ${statuses.join(', ')}.`]),
  ];
}
