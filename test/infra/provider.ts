/**
 * Replaces Google's provider: it returns the schema of the file that it is given, and Terraform itself checks every
 * argument, block, reference and type against it; the stand-in itself checks what excludes what. It plans and makes
 * changes on a cloud in a file. Serves Terraform's plugin protocol on loopback, without TLS, and says where.
 *   node provider.cjs google-schema.json tfplugin5.proto cloud.json
 */
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { readFileSync } from 'node:fs';
import { unpack } from './message-pack.ts';
import { conflictsOf } from './provider-conflicts.ts';
import { ProviderChanges, type ApplyRequest, type PlanRequest } from './provider-changes.ts';
import type { Attribute, Block, Schema } from './provider-schema.ts';
import { StandInCloud } from './stand-in-cloud.ts';

const [, , schemaFile = '', protocol = '', cloud = ''] = process.argv;
const schemaOfFile = JSON.parse(readFileSync(schemaFile, 'utf8')) as Schema;
const { resources, data } = schemaOfFile;
const changes = new ProviderChanges(schemaOfFile, new StandInCloud(cloud));

/** Terraform's own writing of types: `"string"`, `["list", "string"]`. */
function typeText(type: Attribute['type']): string {
  return JSON.stringify(typeof type === 'string' ? type : Object.entries(type)[0]);
}

const NESTING = { list: 2, set: 3 };

function wireBlock({ attributes, blocks }: Block): object {
  return {
    attributes: Object.entries(attributes).map(([name, { type, required, optional, computed }]) => ({
      name,
      type: Buffer.from(typeText(type)),
      required,
      optional,
      computed,
    })),
    block_types: Object.entries(blocks).map(([name, { nesting, least = 0, most = 0, block }]) => ({
      type_name: name,
      block: wireBlock(block),
      nesting: NESTING[nesting],
      min_items: least,
      max_items: most,
    })),
  };
}

function wireSchemas(blocks: Readonly<Record<string, Block>>): object {
  return Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, { block: wireBlock(block) }]));
}

const PROVIDER: Block = {
  attributes: Object.fromEntries(['project', 'region'].map((name) => [name, { type: 'string', optional: true }])),
  blocks: {},
};

const schema = {
  provider: { block: wireBlock(PROVIDER) },
  resource_schemas: wireSchemas(resources),
  data_source_schemas: wireSchemas(data),
};

type Answer = grpc.sendUnaryData<object>;
const answer =
  (value: object) =>
  (_call: unknown, done: Answer): void =>
    done(null, value);

interface Validation {
  readonly request: { readonly type_name: string; readonly config: { readonly msgpack: Buffer } };
}
const ERROR = 1;

function validate({ request }: Validation, done: Answer): void {
  const found = conflictsOf(request.type_name, unpack(request.config.msgpack));
  done(null, { diagnostics: found.map((detail) => ({ severity: ERROR, summary: 'Conflicting arguments', detail })) });
}

interface OfType {
  readonly type_name: string;
  readonly id: string;
  readonly current_state: { readonly msgpack: Buffer };
  readonly config: { readonly msgpack: Buffer };
  readonly raw_state: { readonly json: Buffer };
}

/** A method that answers what a function returns. */
const method =
  <T>(respond: (request: T) => object) =>
  ({ request }: { readonly request: T }, done: Answer): void => {
    try {
      done(null, respond(request));
    } catch (cause) {
      done(cause as Error);
    }
  };

const definition = loadSync(protocol, { keepCase: true });
const loaded = grpc.loadPackageDefinition(definition)['tfplugin5'] as grpc.GrpcObject;
const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
server.addService((loaded['Provider'] as grpc.ServiceClientConstructor).service, {
  GetSchema: answer(schema),
  PrepareProviderConfig: answer({}),
  ValidateResourceTypeConfig: validate,
  ValidateDataSourceConfig: answer({}),
  Configure: answer({}),
  UpgradeResourceState: method(({ type_name, raw_state }: OfType) => changes.upgrade(type_name, raw_state.json)),
  ReadResource: method(({ type_name, current_state }: OfType) => changes.read(type_name, current_state)),
  PlanResourceChange: method((request: PlanRequest) => changes.plan(request)),
  ApplyResourceChange: method((request: ApplyRequest) => changes.apply(request)),
  ImportResourceState: method(({ type_name, id }: OfType) => changes.import(type_name, id)),
  ReadDataSource: method(({ type_name, config }: OfType) => changes.data(type_name, config)),
  Stop: answer({}),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`127.0.0.1:${port}\n`);
});
