/**
 * The arguments of Google's Terraform resources that infra/ uses, as the provider's own types declare them:
 *   npm pack @cdktf/provider-google@16.12.1 && tar xzf cdktf-provider-google-16.12.1.tgz
 *   node esbuild.config.mjs run test/infra/google-schema.ts package
 * writes test/fixtures/google-schema.json: every required argument of those resources, and of the others those whose
 * name is a word of infra/. The package (330 MB unpacked, provider 6.50.0) is a proof's alone and is not installed.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Attribute, Block, Schema } from './provider-schema.ts';

const FILE = 'test/fixtures/google-schema.json';

interface Type {
  readonly primitive?: string | undefined;
  readonly fqn?: string | undefined;
  readonly collection?: { readonly elementtype: Type; readonly kind: string } | undefined;
  readonly union?: { readonly types: Type[] } | undefined;
}
const type: z.ZodType<Type> = z.lazy(() =>
  z.object({
    primitive: z.string().optional(),
    fqn: z.string().optional(),
    collection: z.object({ elementtype: type, kind: z.string() }).optional(),
    union: z.object({ types: z.array(type) }).optional(),
  }),
);
const property = z.object({
  name: z.string(),
  optional: z.boolean().optional(),
  immutable: z.boolean().optional(),
  static: z.boolean().optional(),
  overrides: z.string().optional(),
  type,
});
type Property = z.output<typeof property>;
const assembly = z.object({ types: z.record(z.string(), z.object({ properties: z.array(property).optional() })) });

/** Of every resource, and none of the provider's. */
const NOT_ARGUMENTS = ['connection', 'count', 'dependsOn', 'forEach', 'lifecycle', 'provider', 'provisioners'];
const PRIMITIVES: Readonly<Record<string, Attribute['type']>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  any: 'string',
};

const [, , folder = 'package'] = process.argv;
const { types } = assembly.parse(JSON.parse(readFileSync(path.join(folder, '.jsii'), 'utf8')));
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

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const pascal = (name: string): string => name.replace(/(^|_)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());
const propertiesOf = (fqn: string): readonly Property[] => types[fqn]?.properties ?? [];

/** `string`, or `{list: 'string'}`; undefined for a nested block. */
function attributeType(of: Type): Attribute['type'] | undefined {
  if (of.primitive !== undefined) return PRIMITIVES[of.primitive];
  if (of.collection !== undefined) {
    const inner = attributeType(of.collection.elementtype);
    if (typeof inner !== 'string') return undefined;
    return of.collection.kind === 'map' ? { map: inner } : { list: inner };
  }
  const [one] = of.union?.types.filter(({ fqn }) => fqn !== 'cdktf.IResolvable') ?? [];
  if (one !== undefined) return attributeType(one);
  return of.fqn === 'cdktf.StringMap' ? { map: 'string' } : undefined;
}

/** The struct of a nested block, and whether there may be several. */
function structOf(of: Type): { fqn: string; many: boolean } | undefined {
  if (of.fqn !== undefined) return of.fqn.startsWith('cdktf.') ? undefined : { fqn: of.fqn, many: false };
  if (of.collection !== undefined) {
    const inner = structOf(of.collection.elementtype);
    return inner && { fqn: inner.fqn, many: true };
  }
  return of.union?.types.map(structOf).find((one) => one !== undefined);
}

const kept = (name: string, optional: boolean | undefined): boolean => optional !== true || words.has(name);

/** A struct's arguments, and what only the provider sets, which the class that reads it has in addition. */
function blockOf(struct: string, reader: string, code: string): Block {
  const attributes: Record<string, Attribute> = {};
  const blocks: Record<string, Block['blocks'][string]> = {};
  for (const one of propertiesOf(struct)) {
    const name = snake(one.name);
    if (NOT_ARGUMENTS.includes(one.name) || !kept(name, one.optional)) continue;
    const ofType = attributeType(one.type);
    const inner = structOf(one.type);
    if (ofType !== undefined)
      attributes[name] = {
        type: ofType,
        ...(one.optional === true ? { optional: true, computed: true } : { required: true }),
      };
    else if (inner !== undefined)
      blocks[name] = {
        nesting: inner.many && isSet(code, name) ? 'set' : 'list',
        ...(one.optional === true ? {} : { least: 1 }),
        ...(inner.many ? {} : { most: 1 }),
        block: blockOf(inner.fqn, `${inner.fqn}OutputReference`, code),
      };
  }
  for (const one of propertiesOf(reader)) {
    const name = snake(one.name);
    if (one.static === true || one.overrides !== undefined || one.immutable !== true || !words.has(name)) continue;
    const ofType = attributeType(one.type);
    if (ofType !== undefined && attributes[name] === undefined && blocks[name] === undefined && !/_input$/.test(name))
      attributes[name] = { type: ofType, computed: true };
  }
  return { attributes, blocks };
}

function isSet(code: string, name: string): boolean {
  return new RegExp(`\\b${name}: \\{[^}]*?isBlock: true,\\s*type: "set"`).test(code);
}

function resource(kind: string, name: string): Block {
  const plain = name.replace(/^google_/, '');
  const module = (kind === 'data' ? 'data-google-' : '') + plain.replaceAll('_', '-');
  const className = (kind === 'data' ? 'DataGoogle' : '') + pascal(plain);
  const space = className.charAt(0).toLowerCase() + className.slice(1);
  const fqn = `@cdktf/provider-google.${space}.${className}`;
  if (types[`${fqn}Config`] === undefined) throw new Error(`the provider has no ${kind} ${name}`);
  return blockOf(`${fqn}Config`, fqn, readFileSync(path.join(folder, 'lib', module, 'index.js'), 'utf8'));
}

function all(kind: 'resource' | 'data'): Record<string, Block> {
  const names = [...terraform.matchAll(new RegExp(`^${kind} "(google_\\w+)"`, 'gm'))].map(([, name = '']) => name);
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, resource(kind, name)]));
}

const schema: Schema = {
  provider: 'hashicorp/google 6.50.0, by @cdktf/provider-google 16.12.1',
  resources: all('resource'),
  data: all('data'),
};
writeFileSync(FILE, `${JSON.stringify(schema, null, 2)}\n`);
console.log(
  `${FILE}: ${Object.keys(schema.resources).length} resources, ${Object.keys(schema.data).length} data sources`,
);
