import { API_VERSION } from '../../catalog/api-version.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Discovery } from '../discovery.ts';
import { functionPaths } from './function-paths.ts';
import { actionPaths, entityPaths } from './rest-paths.ts';
import { ERROR, errorResponses, type Schema } from './schemas.ts';

export interface DocumentOptions {
  /** The address of the connection, without a trailing slash. */
  readonly address: string;
  /** `projects/P/locations/L/connections/C` */
  readonly connection: string;
  /** True if all functions are paths of the connection's server: in local development, and in the layout `single`. */
  readonly hasOneServer: boolean;
  readonly functions: readonly FunctionRow[];
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/**
 * Returns an OpenAPI 3.1 document with the paths of the selected entities and actions in the connection's runtime API,
 * and the paths of the functions.
 */
export function openApi(
  discovery: Discovery,
  selection: { readonly entities: readonly string[]; readonly actions: readonly string[] },
  documentOptions: DocumentOptions,
): Document {
  const parts = [
    ...selection.entities.map((name) => entityPaths(discovery.entity(name), discovery.limits)),
    ...selection.actions.map((name) => actionPaths(discovery.action(name))),
  ];
  const functionPathItems = functionPaths(documentOptions.functions, discovery, (name) =>
    serversOf(name, documentOptions),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stripe connector',
      // The names and values in the schemas depend on Stripe's API version.
      version: API_VERSION,
      description:
        "Stripe's entities and actions through the connector, rate limited and with idempotent writes. The paths of the connection need the setting `expose`. Each function has its own invokers; in the layout `single` one service serves them all. Descriptions of fields are from Stripe's package `stripe` (MIT License).",
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    tags: tagsOf(discovery, selection, functionPathItems),
    servers: [{ url: `${documentOptions.address}/v2/${documentOptions.connection}` }],
    security: [{ google: [] }],
    paths: Object.assign({}, ...parts.map(({ paths }) => paths), functionPathItems) as Document['paths'],
    components: {
      responses: errorResponses(),
      schemas: {
        Error: ERROR,
        ...(Object.assign({}, ...parts.map(({ schemas }) => schemas)) as Record<string, Schema>),
      },
      securitySchemes: {
        google: {
          type: 'http',
          scheme: 'bearer',
          description: "A Google ID token whose audience is the function's address. Not required in local development.",
        },
      },
    },
  };
}

/** Returns a tag for each entity that an operation belongs to, and one for the functions. */
function tagsOf(
  discovery: Discovery,
  { entities, actions }: { readonly entities: readonly string[]; readonly actions: readonly string[] },
  functions: object,
): object[] {
  const names = new Set([...entities, ...actions.map((name) => discovery.action(name).entity)]);
  const tags = [...names]
    .sort()
    .map((name) => ({ name, description: discovery.descriptions?.entity(name) ?? `Operations of ${name}.` }));
  const functionsTag = {
    name: 'functions',
    description: 'Each function is a Cloud Function with its own URL and invokers, or a path of one service.',
  };
  return Object.keys(functions).length === 0 ? tags : [...tags, functionsTag];
}

function serversOf(name: string, { hasOneServer, address }: DocumentOptions): object[] {
  if (hasOneServer) return [{ url: address }];
  const host = {
    default: `${name}.example.run.app`,
    description: 'Host of the function, as terraform output urls shows it.',
  };
  return [{ url: 'https://{host}', variables: { host } }];
}
