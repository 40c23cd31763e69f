/**
 * Reads the arguments of Google's Terraform resources from the type declarations of the npm package `@pulumi/gcp`, which
 * is generated from the provider. Names are in camelCase there, and lists have plural names.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface DeclaredProperty {
  readonly name: string;
  readonly optional: boolean;
  /** `string`, `Map<string>`, `inputs.pubsub.Name`, with `[]` for a list. */
  readonly type: string;
  /** The provider sets it. */
  readonly output: boolean;
  /** It has a value after an apply in any case: the provider sets one that is left out. */
  readonly always: boolean;
}

export class PulumiTypes {
  private readonly inputs: string;
  private readonly results: string;

  constructor(private readonly folder: string) {
    this.inputs = readFileSync(path.join(folder, 'types/input.d.ts'), 'utf8');
    this.results = readFileSync(path.join(folder, 'types/output.d.ts'), 'utf8');
  }

  /** Arguments of a resource, from `interface NameArgs` of its file. */
  argumentsOf(file: string): DeclaredProperty[] {
    const text = readFileSync(path.join(this.folder, `${file}.d.ts`), 'utf8');
    const always = new Set(this.outputsOf(file).flatMap(({ name, always: set }) => (set ? [name] : [])));
    return withResults(propertiesOf(bodyOf(text, /^export interface (?!\w*State\b)\w*Args \{/m)), always);
  }

  /** What the class of a resource has: the arguments, and what the provider sets. */
  outputsOf(file: string): DeclaredProperty[] {
    const text = readFileSync(path.join(this.folder, `${file}.d.ts`), 'utf8');
    const declared = [...normalized(text).matchAll(/^ {4}readonly (\w+): pulumi\.Output<(.+)>;$/gm)];
    return declared.map(([, name = '', type = '']) => ({
      name,
      optional: true,
      type: plainType(type).replace('outputs.', 'inputs.'),
      output: true,
      always: !type.endsWith(' | undefined'),
    }));
  }

  /** What a data source returns, from `interface GetNameResult` of its file. */
  resultOf(file: string): DeclaredProperty[] {
    const text = readFileSync(path.join(this.folder, `${file}.d.ts`), 'utf8');
    return propertiesOf(bodyOf(text, /^export interface \w+Result \{/m)).map((property) => ({
      ...property,
      output: true,
    }));
  }

  /** Properties of `inputs.pubsub.Name`. */
  structOf(reference: string): DeclaredProperty[] {
    const results = propertiesOf(structIn(this.results, reference));
    const always = new Set(results.flatMap(({ name, optional }) => (optional ? [] : [name])));
    return withResults(propertiesOf(structIn(this.inputs, reference)), always);
  }
}

function withResults(properties: readonly DeclaredProperty[], always: ReadonlySet<string>): DeclaredProperty[] {
  return properties.map((property) => ({ ...property, always: always.has(property.name) }));
}

/** The lines of `inputs.pubsub.Name` in the declarations of inputs or outputs. */
function structIn(declarations: string, reference: string): string {
  const [, space = '', name = ''] = reference.split('.');
  const start = declarations.indexOf(`\nexport declare namespace ${space} {`);
  const end = declarations.indexOf('\nexport declare namespace ', start + 1);
  const namespace = declarations.slice(start, end < 0 ? undefined : end);
  return bodyOf(namespace, new RegExp(`^ {4}interface ${name} \\{`, 'm'));
}

/** The lines of an interface, as far as the brace at the start's indentation. */
function bodyOf(text: string, start: RegExp): string {
  const match = start.exec(text);
  if (match === null) throw new Error(`no ${start.source}`);
  const indent = /^ */.exec(match[0])?.[0] ?? '';
  const from = match.index + match[0].length;
  return text.slice(from, text.indexOf(`\n${indent}}`, from));
}

/** A map of texts is written over three lines. */
function normalized(text: string): string {
  return text.replace(/\{\s*\[key: string\]: ([^;]+);\s*\}/g, (_, type: string) => `Map<${plainType(type)}>`);
}

function propertiesOf(body: string): DeclaredProperty[] {
  const pattern = /((?:^ *(?:\/\*\*|\*).*\n)*)^ *(?:readonly )?(\w+)(\?)?: (.+);$/gm;
  return [...normalized(body).matchAll(pattern)].map(([, comment = '', name = '', optional, type = '']) => ({
    name,
    optional: optional !== undefined,
    type: plainType(type),
    output: comment.includes('(Output)'),
    always: optional === undefined,
  }));
}

/** `pulumi.Input<pulumi.Input<string>[] | undefined>` -> `string[]` */
function plainType(type: string): string {
  let plain = type.replace(/ \| undefined/g, '');
  for (let before = ''; before !== plain;) {
    before = plain;
    plain = plain.replace(/pulumi\.(?:Input|Output)<([^<>]*(?:<[^<>]*>)?[^<>]*)>/, '$1');
  }
  return /\basset\.Asset\b/.test(plain) ? 'asset' : plain.replace(/^string \| .*/, 'string');
}
