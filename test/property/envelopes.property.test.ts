/**
 * One source for the fields around an input too: what the OpenAPI document says of the body of a function its function
 * takes, and the reverse: each field, values of every kind, over HTTP. What the functions accept in addition (text that spells a
 * value, names in the plural) is a table below.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpFunction } from '@google-cloud/functions-framework';
import { Ajv2020 } from 'ajv/dist/2020.js';
import manifest from '../../functions/manifest.json';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { functionPaths } from '../../shared/schema/openapi/function-paths.ts';
import type { Connector } from '../../shared/operations/connector.ts';
import type { ErrorShape } from '../functions/framework.ts';
import {
  defineActionFunction,
  defineEntityFunction,
  defineExecuteActionFunction,
} from '../../shared/http/define-function.ts';
import { serve } from '../support/in-process.ts';
import { sized } from '../support/sizes.ts';
import { recording } from './authority/recording.ts';
import { catalog } from './authority/routes.ts';

type Body = Readonly<Record<string, unknown>>;

const CUSTOMER = { entity: 'Customer', entityId: 'cus_1' };
const PREVIEW = { action: 'PreviewCreditNote', connectorInputPayload: { Invoice: 'in_1' } };
const FUNCTIONS: readonly (readonly [name: string, made: (connector: () => Connector) => HttpFunction, base: Body])[] =
  [
    ['list-entities', (connector) => defineEntityFunction(connector, 'List'), { entity: 'Customer' }],
    ['get-entity', (connector) => defineEntityFunction(connector, 'Get'), CUSTOMER],
    [
      'create-entity',
      (connector) => defineEntityFunction(connector, 'Create'),
      { entity: 'Customer', connectorInputPayload: {} },
    ],
    [
      'update-entity',
      (connector) => defineEntityFunction(connector, 'Update'),
      { ...CUSTOMER, connectorInputPayload: { Name: 'a' } },
    ],
    ['delete-entity', (connector) => defineEntityFunction(connector, 'Delete'), CUSTOMER],
    ['execute-action', defineExecuteActionFunction, PREVIEW],
    [
      'cancel-quote',
      (connector) => defineActionFunction(connector, 'CancelQuote'),
      { connectorInputPayload: { QuoteId: 'qt_1' } },
    ],
    [
      'customer-get',
      (connector) => defineEntityFunction(connector, 'Get').restrictTo(['Customer']),
      { entityId: 'cus_1' },
    ],
  ];

/** Values of every kind, for each field. */
const VALUES: readonly unknown[] = [
  ...[true, false, -1, 0, 1, 25, 200, 201, 2.5, 10_000, 10_001, 1e300],
  ...[{}, { a: 1 }, [], [1], [null], [''], [' '], [{}], null, ''],
];
/** Texts and lists that a field interprets, in addition to values of every kind. */
const MORE: Readonly<Record<string, readonly unknown[]>> = {
  entity: ['Customer', 'Custmer'],
  entityId: ['cus_1', 'a b', '.', '..', 'a\nb', 'x'.repeat(500), 'x'.repeat(1600)],
  filterClause: ["Email = 'a'", ' ', `Email = '${'x'.repeat(10_000)}'`],
  operationId: ['a', 'a b', 'ü', 'x'.repeat(255), 'x'.repeat(256)],
  outputFormat: ['connector', 'native', 'json', 'Native'],
  consistency: ['strong', 'eventual', 'weak'],
  listEntitiesSortByColumns: [['Created'], ['Created', 'Id'], ['Created DESC']],
  fields: [Array.from({ length: 1001 }, () => 'Id')],
  expand: [['customer'], Array.from({ length: 1001 }, () => 'customer')],
};
/** What a function accepts in addition to its schema: texts of lists, the last page's null. */
const BESIDES = ['fields ""', 'expand ""', 'listEntitiesSortByColumns ""', 'listEntitiesPageToken null'];
/** Fields of a call by a clause. */
const CLAUSES = ['filterClause', 'maxAffected', 'explain'];

/** Whether the function takes the field, or its `whole` body: what else is wrong with one is not asked then. */
async function takes(url: string, body: Body, field: string, whole: boolean): Promise<boolean> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const { error } = (await answer.json()) as { error?: ErrorShape };
  if (whole) return error === undefined;
  const details = (error?.details ?? []) as { fieldViolations?: { field: string }[] }[];
  const named = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map((one) => one.field));
  return !named.includes(field);
}

interface BodySchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
}

function schemaOf(name: string): BodySchema {
  const paths = functionPaths(manifest.functions, new Discovery(catalog), () => []);
  const path = paths[`/${name}`] as {
    post: { requestBody: { content: { 'application/json': { schema: BodySchema } } } };
  };
  return path.post.requestBody.content['application/json'].schema;
}

/** The least body, with the field: by the clause where the field belongs to one. */
function bodyWith({ entityId, ...rest }: Body, field: string, value: unknown, byClause: boolean): Body {
  const target = byClause ? { filterClause: "Email = 'a'" } : entityId === undefined ? {} : { entityId };
  return { ...rest, ...target, [field]: value };
}

test('the schema of a body accepts exactly what its function accepts: every field, every kind of value', async (t) => {
  const { connector } = recording({});
  const handlers = new Map(FUNCTIONS.map(([name, made]) => [name, made(() => connector)]));
  const server = await serve((request, response) => void handlers.get(request.path.slice(1))?.(request, response));
  t.after(() => server.close());
  const ajv = new Ajv2020({ strict: false, logger: false });
  let [taken, refused] = [0, 0];
  for (const [place, [name, , base]] of FUNCTIONS.entries()) {
    const schema = schemaOf(name);
    const validate = ajv.compile(schema);
    for (const [field, inner] of Object.entries(schema.properties)) {
      // Of a name alone or of a few the schema types the payload; else it is any object.
      const whole = ['entity', 'action'].includes(field) || inner.properties !== undefined;
      // Functions share most fields: in the small size neighbors take turns with the values.
      const values = [...VALUES, ...(MORE[field] ?? [])].filter((_, index) => (index + place) % sized(4, 1) === 0);
      for (const value of values) {
        const byClause = CLAUSES.includes(field) && 'filterClause' in schema.properties;
        const body = bodyWith(base, field, value, byClause);
        const fits = validate(body);
        if (fits) taken += 1;
        else refused += 1;
        const told = `${field} ${JSON.stringify(value)}`;
        const expected = fits || BESIDES.includes(told);
        assert.equal(
          await takes(`${server.url}/${name}`, body, field, whole),
          expected,
          `${name}: ${told.slice(0, 200)}`,
        );
      }
    }
  }
  assert.ok(taken > sized(25, 100) && refused > sized(250, 1000), `${taken} taken, ${refused} refused`);
});
