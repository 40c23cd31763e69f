import type { Operation } from '../../../catalog/types.ts';
import type { ColumnDescriptor } from '../../../schema/columns.ts';
import type { Discovery } from '../../../schema/discovery.ts';
import type { EntityDescriptor } from '../../../schema/entity.ts';
import type { JsonSchema } from '../../../schema/json-schema.ts';
import type { DocsPage } from '../page.ts';
import { pageUrl } from '../page.ts';
import { escapedText, referenceTable } from './markdown-table.ts';
import { inputRows, withValues } from './schema-rows.ts';

const ENTITIES = 'reference/entities';

/** What evaluates a condition on a column, by the column's `filter`. */
const FILTER_EVALUATORS: Readonly<Record<ColumnDescriptor['filter'], string>> = {
  stripe: 'Stripe',
  search: 'Search API',
  here: 'connector',
  none: '',
};

/** Operations whose inputs a page shows, in this order. */
const INPUT_ORDER: readonly Operation[] = ['Create', 'Update', 'Get', 'Delete'];

/** Returns the page that lists the entities, and one page per entity. */
export function entityPages(discovery: Discovery): DocsPage[] {
  const names = discovery.entityNames();
  return [entityIndex(discovery, names), ...names.map((name) => entityReference(discovery, discovery.entity(name)))];
}

export function entityPath(name: string): string {
  return `${ENTITIES}/${name}`;
}

function actionsOn(discovery: Discovery, name: string): string[] {
  return discovery.actionNames().filter((action) => discovery.action(action).entity === name);
}

function entityIndex(discovery: Discovery, names: readonly string[]): DocsPage {
  const rows = names.map((name) => {
    const { description = '', operations } = discovery.entity(name);
    return [
      `[${name}](${pageUrl(entityPath(name))})`,
      operations.join(', '),
      escapedText(openingSentence(description)),
    ];
  });
  return {
    path: ENTITIES,
    section: 'reference',
    title: 'Entities',
    label: 'Entities',
    description: `Columns and inputs of ${names.length} entities.`,
    markdown: `# Entities

An entity is a resource of Stripe with rows and columns. The [catalog](${pageUrl('reference/catalog')}) has the names and
operations. [Functions](${pageUrl('reference/functions')}) explains how to call them. The server's \`/openapi.json\` and
\`/entities\` have the same schemas.

${referenceTable(['entity', 'operations', 'description'], rows)}
`,
    isListed: true,
    searchWords: [],
  };
}

function entityReference(discovery: Discovery, entity: EntityDescriptor): DocsPage {
  const { name, description = `The entity ${name}.`, operations, byId } = entity;
  const actions = actionsOn(discovery, name);
  const id = byId.length === 0 ? undefined : discovery.descriptions?.exampleId(name);
  const columns = entity.columns.filter(({ inRows }) => inRows);
  const filters = entity.columns.filter(({ inRows, filter }) => !inRows && filter === 'stripe');
  const parts = [
    `# ${name}`,
    escapedText(description),
    operationTable(entity),
    ...(id === undefined ? [] : [`An id looks like \`${id}\`.`]),
    ...(actions.length === 0 ? [] : [`Actions: ${actions.map(actionLink).join(', ')}.`]),
    ...INPUT_ORDER.flatMap((operation) => operationPart(entity, operation)),
    ...(columns.length === 0 ? [] : ['## Columns', columnTable(columns)]),
    ...(filters.length === 0
      ? []
      : [
          '## Other filters',
          'Names that a [filter clause](/docs/reference/filters) can use, although rows do not have these columns.',
          columnTable(filters),
        ]),
  ];
  return {
    path: entityPath(name),
    section: 'reference',
    title: name,
    label: name,
    description: openingSentence(description),
    markdown: `${parts.join('\n\n')}\n`,
    isListed: false,
    searchWords: [...operations, ...columns.map((column) => column.name)],
  };
}

function actionLink(name: string): string {
  return `[${name}](${pageUrl(`reference/actions/${name}`)})`;
}

function operationTable({ operations, operationDescriptions }: EntityDescriptor): string {
  return referenceTable(
    ['operation', 'what it does'],
    operations.map((operation) => [operation, escapedText(operationDescriptions[operation] ?? '')]),
  );
}

function operationPart({ name, payloads }: EntityDescriptor, operation: Operation): string[] {
  const { [operation]: schema } = payloads;
  if (schema === undefined) return [];
  const variants = (schema.anyOf ?? [schema]).filter(({ properties = {} }) => Object.keys(properties).length > 0);
  return variants.flatMap((variant, index) => [
    `## Inputs of ${operation}${variants.length === 1 ? '' : ` (${index + 1} of ${variants.length})`}`,
    ...(index > 0 || operation !== 'Create' ? [] : [createExample(name, variant)]),
    inputTable(variant),
  ]);
}

/**
 * Returns an example of a request. It has the required inputs that have an example, or else the first input that has
 * one.
 */
function createExample(entity: string, { properties = {}, required = [] }: JsonSchema): string {
  const inputs = Object.entries(properties).filter(([, { example }]) => example !== undefined);
  const requiredInputs = inputs.filter(([key]) => required.includes(key));
  const exampleInputs = requiredInputs.length === 0 ? inputs.slice(0, 1) : requiredInputs;
  const payload = Object.fromEntries(exampleInputs.map(([key, { example }]) => [key, example]));
  const text = JSON.stringify({ entity, connectorInputPayload: payload }, null, 2);
  return `\`\`\`json POST /create-entity\n${text}\n\`\`\``;
}

/** Returns the table of the inputs of a schema. */
export function inputTable(schema: JsonSchema): string {
  return referenceTable(
    ['input', 'type', 'description'],
    inputRows(schema).map(({ name, type, required, description }) => [
      `\`${name}\``,
      required ? `${type}, **required**` : type,
      escapedText(description),
    ]),
  );
}

function columnTable(columns: readonly ColumnDescriptor[]): string {
  const rows = columns.map(({ name, kind, list, description, enum: values = [], filter, sortable, reference }) => {
    const target = reference === undefined ? '' : ` of ${reference}`;
    return [
      `\`${name}\``,
      `${list === true ? 'list' : kind}${target}`,
      [FILTER_EVALUATORS[filter], sortable ? 'sortable' : ''].filter((text) => text !== '').join(', '),
      escapedText(withValues(description, values)),
    ];
  });
  return referenceTable(['column', 'kind', 'filter', 'description'], rows);
}

export function openingSentence(text: string): string {
  return /^.*?[.!?](?= [A-Z]|$)/s.exec(text)?.[0] ?? text;
}
