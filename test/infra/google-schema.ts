/**
 * The arguments of Google's Terraform resources that infra/ uses, as the provider declares them:
 *   for version in 9.23.0 9.25.0 9.37.0; do
 *     npm pack @pulumi/gcp@$version && mkdir $version && tar xzf pulumi-gcp-$version.tgz -C $version
 *   done
 *   node esbuild.config.mjs run test/infra/google-schema.ts FOLDER
 * where FOLDER has these, writes test/fixtures/google-schema.json: every required argument of those resources, of the
 * others those whose name is a word of infra/, and what the other two versions declare differently. A package (86 MB
 * unpacked) is generated from the provider and is not installed. https://github.com/pulumi/pulumi-gcp/pull/3772 is 7.31,
 * https://github.com/pulumi/pulumi-gcp/pull/3825 came after 7.33, and https://github.com/pulumi/pulumi-gcp/pull/3982 is
 * 7.46, which the release before 9.37.0 has. No types were published for 7.32 and for 8.0.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MODULES, REQUIRED, SETS, SINGULAR } from './google-schema-names.ts';
import type { Attribute, Block, Schema } from './provider-schema.ts';
import { PulumiTypes, type DeclaredProperty } from './pulumi-types.ts';
import { schemaPatch } from './schema-versions.ts';

const FILE = 'test/fixtures/google-schema.json';
const PRIMITIVES: Readonly<Record<string, 'string' | 'number' | 'bool'>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  any: 'string',
  // The file of an object.
  asset: 'string',
};

const [, , folder = '.'] = process.argv;
/** The package whose types are read. */
let types: PulumiTypes;
const terraform = terraformFiles('infra')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const words = new Set(terraform.match(/[a-z][a-z0-9_]*/g));

function terraformFiles(from: string): string[] {
  return readdirSync(from).flatMap((name) => {
    const file = path.join(from, name);
    if (statSync(file).isDirectory()) return name === '.terraform' ? [] : terraformFiles(file);
    return /\.(tf|hcl)$/.test(name) ? [file] : [];
  });
}

/** The provider's name of a property at a path such as `google_compute_security_policy.rule`. */
function providerName({ name, type }: DeclaredProperty, at: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const singular = snake.replace(/ies$/, 'y').replace(/s$/, '');
  return type.endsWith('[]') && SINGULAR.has(`${at}.${singular}`) ? singular : snake;
}

/** `string`, or `{list: 'string'}`; undefined for a nested block. */
function attributeType(type: string): Attribute['type'] | undefined {
  const [, inner = ''] = /^Map<(\w+)>$/.exec(type) ?? [];
  if (inner !== '') return { map: PRIMITIVES[inner] ?? 'string' };
  const element = PRIMITIVES[type.replace(/\[\]$/, '')];
  if (element === undefined) return undefined;
  return type.endsWith('[]') ? { list: element } : element;
}

function blockOf(properties: readonly DeclaredProperty[], at: string): Block {
  const attributes: Record<string, Attribute> = {};
  const blocks: Record<string, Block['blocks'][string]> = {};
  for (const property of properties) {
    const name = providerName(property, at);
    if (property.optional && !words.has(name)) continue;
    const type = attributeType(property.type);
    if (property.output && type === undefined) continue;
    if (type !== undefined) attributes[name] = { type, ...kindOf(property, REQUIRED.has(`${at}.${name}`)) };
    else blocks[name] = nestedBlock(property, `${at}.${name}`);
  }
  return { attributes, blocks };
}

/** An optional argument is also computed if the provider sets one that is left out. */
function kindOf({ optional, output, always }: DeclaredProperty, required: boolean): Omit<Attribute, 'type'> {
  if (required) return { required: true };
  if (output) return { computed: true };
  if (!optional) return { required: true };
  return always ? { optional: true, computed: true } : { optional: true };
}

function nestedBlock({ type, optional }: DeclaredProperty, at: string): Block['blocks'][string] {
  const many = type.endsWith('[]');
  return {
    nesting: many && SETS.has(at) ? 'set' : 'list',
    ...(optional ? {} : { least: 1 }),
    ...(many ? {} : { most: 1 }),
    block: blockOf(types.structOf(type.replace(/\[\]$/, '')), at),
  };
}

/** The arguments of a resource, and what only the provider sets. */
function resource(name: string): Block {
  const file = MODULES[name] ?? fail(`google-schema-names.ts has no file of ${name}`);
  const block = blockOf(types.argumentsOf(file), name);
  const given = new Set([...Object.keys(block.attributes), ...Object.keys(block.blocks)]);
  const set = types.outputsOf(file).filter((property) => !given.has(providerName(property, name)));
  const { attributes } = blockOf(set, name);
  const id: Attribute = { type: 'string', optional: true, computed: true };
  return { attributes: { id, ...attributes, ...block.attributes }, blocks: block.blocks };
}

function dataSource(name: string): Block {
  const file = MODULES[`data.${name}`] ?? fail(`google-schema-names.ts has no file of the data source ${name}`);
  const settable = types.argumentsOf(file);
  const names = new Set(settable.map((property) => property.name));
  const result = types.resultOf(file).filter((property) => !names.has(property.name));
  return blockOf([...settable, ...result], `data.${name}`);
}

function fail(message: string): never {
  throw new Error(message);
}

function all(kind: 'resource' | 'data', read: (name: string) => Block): Record<string, Block> {
  const names = [...terraform.matchAll(new RegExp(`^${kind} "(google_\\w+)"`, 'gm'))].map(([, name = '']) => name);
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, read(name)]));
}

function schemaOf(version: string, provider: string): Schema {
  types = new PulumiTypes(path.join(folder, version, 'package'));
  return {
    provider: `hashicorp/google ${provider}, by @pulumi/gcp ${version}`,
    others: [],
    resources: all('resource', resource),
    data: all('data', dataSource),
  };
}

const schema = schemaOf('9.25.0', '7.33.0');
const others = [schemaOf('9.23.0', '7.31.0'), schemaOf('9.37.0', '7.46.0 or later')].map((other) => ({
  provider: other.provider,
  patch: schemaPatch(schema, other),
}));
writeFileSync(FILE, `${JSON.stringify({ ...schema, others }, null, 2)}\n`);
console.log(
  `${FILE}: ${Object.keys(schema.resources).length} resources, ${Object.keys(schema.data).length} data sources`,
);
