/** Terraform variables of settings: type, default and validation follow from the JSON Schema of each setting. */
import * as z from 'zod/mini';
import { settingDefinitions, settingsSchema, type SettingDefinition } from '../../config/settings-schema.ts';
import { COMBINATIONS } from './combinations.ts';

type ValueSchema = z.core.JSONSchema.JSONSchema;

interface Validation {
  readonly condition: string;
  /** A quoted text of HCL. */
  readonly message: string;
}

/** Settings that the module requires, although local connections work without them. */
const ALWAYS_REQUIRED: ReadonlySet<string> = new Set(['api_key']);

/** Returns the variables of the settings, and the local value that passes them on. */
export function settingsVariables(): string {
  const { properties = {} } = z.toJSONSchema(settingsSchema(), { io: 'input', unrepresentable: 'any' });
  const definitions = settingDefinitions();
  const blocks = definitions.map((definition) => variableBlock(definition, asSchema(properties[definition.name])));
  // terraform fmt aligns the equals signs of adjacent lines. The blank lines keep the settings apart, so that a new
  // setting changes no other line.
  const passed = definitions.map(({ name }) => `    ${name} = var.${name}\n`);
  return `${blocks.join('\n')}\nlocals {\n  settings = {\n${passed.join('\n')}  }\n}\n`;
}

function variableBlock(definition: SettingDefinition, schema: ValueSchema): string {
  const { name, description, default: value, required } = definition;
  const isRequired = required || ALWAYS_REQUIRED.has(name);
  const lines = [
    `  description = ${quotedHcl(description)}`,
    `  type        = ${terraformType(schema)}`,
    ...(isRequired ? [] : [`  default     = ${value === undefined ? 'null' : JSON.stringify(value)}`]),
    ...(value === undefined ? [] : ['  nullable    = false']),
    ...validationsOf(name, schema, isRequired || value !== undefined).map(validationBlock),
  ];
  return `variable "${name}" {\n${lines.join('\n')}\n}\n`;
}

function validationsOf(name: string, schema: ValueSchema, hasValue: boolean): Validation[] {
  const variable = `var.${name}`;
  const own = conditionsOf(schema, variable).join(' && ');
  const rule = hasValue ? own : `${variable} == null || try(${own}, false)`;
  const combinations = COMBINATIONS.filter(({ setting }) => setting === name);
  return [
    ...(own === '' ? [] : [{ condition: rule, message: quotedHcl(`${name}: ${allowedSentence(name)}`) }]),
    ...combinations.map(({ condition, message }) => ({ condition, message: templateHcl(`${name}: ${message}`) })),
  ];
}

/** Returns the sentence that says which values are allowed: the error of the schema for a value of no allowed type. */
function allowedSentence(name: string): string {
  const { [name]: schema } = settingsSchema().shape as Readonly<Record<string, z.ZodMiniType>>;
  const { error } = z.safeParse(schema ?? z.never(), Symbol(name));
  return error?.issues[0]?.message ?? '';
}

function validationBlock({ condition, message }: Validation): string {
  return `\n  validation {\n    condition     = ${condition}\n    error_message = ${message}\n  }`;
}

function terraformType(schema: ValueSchema): string {
  const { type, items, properties, additionalProperties } = schema;
  if (type === 'array') return `list(${terraformType(asSchema(items))})`;
  if (type === 'object' && properties !== undefined) {
    const members = Object.entries(properties).map(([name, member]) => `${name} = ${terraformType(asSchema(member))}`);
    return `object({ ${members.join(', ')} })`;
  }
  if (type === 'object') return `map(${terraformType(asSchema(additionalProperties))})`;
  const types: Readonly<Record<string, string>> = {
    integer: 'number',
    number: 'number',
    boolean: 'bool',
    string: 'string',
  };
  const name = types[String(type)];
  if (name === undefined) throw new Error(`Terraform has no type for the JSON Schema type ${String(type)}`);
  return name;
}

/** Returns the Terraform conditions that a value must meet to be valid. `value` is its Terraform expression. */
function conditionsOf(schema: ValueSchema, value: string): string[] {
  const { type, enum: values, pattern, not, maxLength } = schema;
  if (values !== undefined) return [`contains([${values.map((item) => JSON.stringify(item)).join(', ')}], ${value})`];
  if (type === 'array')
    return [...sizeConditions(schema.minItems, schema.maxItems, value), ...itemConditions(schema, value)];
  if (type === 'object') return objectConditions(schema, value);
  if (type === 'integer' || type === 'number') return numberConditions(schema, value);
  const forbidden = typeof not === 'object' ? not.pattern : undefined;
  return [
    ...(pattern === undefined ? [] : [regexCondition(pattern, value)]),
    ...(forbidden === undefined ? [] : [`!${regexCondition(forbidden, value)}`]),
    ...(maxLength === undefined ? [] : [`length(${value}) <= ${maxLength}`]),
  ];
}

function numberConditions({ type, minimum, maximum, exclusiveMinimum }: ValueSchema, value: string): string[] {
  return [
    ...(type === 'integer' ? [`floor(${value}) == ${value}`] : []),
    ...(minimum === undefined ? [] : [`${value} >= ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`${value} > ${exclusiveMinimum}`]),
    // zod adds the largest exact integer of JavaScript as a maximum, which is not a rule of the setting.
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`${value} <= ${maximum}`]),
  ];
}

function objectConditions(schema: ValueSchema, value: string): string[] {
  const { properties, propertyNames, additionalProperties, minProperties } = schema;
  if (properties !== undefined)
    return Object.entries(properties).flatMap(([name, member]) => conditionsOf(asSchema(member), `${value}.${name}`));
  const entry = [
    ...conditionsOf(asSchema(propertyNames), 'key'),
    ...conditionsOf(asSchema(additionalProperties), 'item'),
  ];
  return [
    ...sizeConditions(minProperties, undefined, value),
    `alltrue([for key, item in ${value} : ${entry.join(' && ')}])`,
  ];
}

function itemConditions({ items }: ValueSchema, value: string): string[] {
  return [`alltrue([for item in ${value} : ${conditionsOf(asSchema(items), 'item').join(' && ')}])`];
}

function sizeConditions(min: number | undefined, max: number | undefined, value: string): string[] {
  return [
    ...(min === undefined || min === 0 ? [] : [`length(${value}) >= ${min}`]),
    ...(max === undefined ? [] : [`length(${value}) <= ${max}`]),
  ];
}

/** Go's regular expressions do not allow an escaped slash. https://github.com/google/re2/wiki/Syntax */
function regexCondition(pattern: string, value: string): string {
  return `can(regex(${quotedHcl(pattern.replaceAll('\\/', '/'))}, ${value}))`;
}

function asSchema(
  schema: z.core.JSONSchema._JSONSchema | readonly z.core.JSONSchema._JSONSchema[] | undefined,
): ValueSchema {
  if (typeof schema !== 'object' || Array.isArray(schema))
    throw new Error('a setting has no JSON Schema; add it in validators.ts');
  return schema as ValueSchema;
}

/** Quotes a text for HCL. */
function quotedHcl(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

/** Quotes a template for HCL: `${...}` stays code. */
function templateHcl(text: string): string {
  return JSON.stringify(text).replace(/\$\{[^${}]*\}/g, (code) => code.replaceAll('\\"', '"'));
}
