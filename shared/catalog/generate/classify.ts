import ts from 'typescript';
import { NOT_SERVED } from '../overrides.ts';
import type { Operation } from '../shapes.ts';
import { recordCall, sdk, type RecordedCall } from './record.ts';
import { members, type SdkTypes } from './types.ts';

/** One method of the SDK with the types that describe it. */
export interface SdkMethod extends RecordedCall {
  /** `issuing.cards` */
  readonly accessor: string;
  readonly name: string;
  readonly params: ts.Type | undefined;
  /** What comes back: the resource itself, or the item of a list. */
  readonly answer: ts.Type | undefined;
  readonly answers: 'one' | 'list' | 'search' | 'stream';
  readonly paged: boolean;
}

/** Every method of every resource that the installed SDK has. */
export function sdkMethods(types: SdkTypes): SdkMethod[] {
  const found: SdkMethod[] = [];
  const walk = (type: ts.Type, instance: object, accessor: string): void => {
    for (const property of types.checker.getPropertiesOfType(type)) {
      const value: unknown = (instance as Record<string, unknown>)[property.name];
      const declared = types.typeOf(property);
      if (property.name.startsWith('_') || property.name === 'oauth' || value === undefined || value === null) continue;
      if (isResource(value) || isNamespace(value)) {
        walk(declared, value, accessor === '' ? property.name : `${accessor}.${property.name}`);
      } else if (typeof value === 'function' && isResource(instance) && isOwnMethod(instance, property.name)) {
        const method = describe(types, instance, accessor, property.name, declared);
        if (method !== undefined) found.push(method);
      }
    }
  };
  // OAuth is the platform's own login, with other hosts and shapes; no entity of the API: the walk leaves it out.
  walk(types.stripe(), sdk, '');
  // `stripe.account` is a second name of `stripe.accounts`.
  return [...new Map(found.map((method) => [`${method.method} ${method.path} ${method.name}`, method])).values()];
}

function isResource(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '_makeRequest' in value;
}

function isNamespace(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.values(value).some(isResource) && !('_emitter' in value);
}

function isOwnMethod(instance: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(Object.getPrototypeOf(instance), name) && name !== 'constructor';
}

function describe(
  types: SdkTypes,
  instance: object,
  accessor: string,
  name: string,
  declared: ts.Type,
): SdkMethod | undefined {
  const signature =
    declared.getCallSignatures().find((candidate) => candidate.getParameters().some((p) => p.name === 'params')) ??
    declared.getCallSignatures()[0];
  if (signature === undefined) return undefined;
  const parameters = signature.getParameters();
  const ids = parameters.filter((parameter) => parameter.name !== 'params' && parameter.name !== 'options').length;
  const params = parameters.find((parameter) => parameter.name === 'params');
  const call = recordCall(instance, name, ids);
  if (call === undefined) return undefined;
  const paramsType = params && members(types.typeOf(params)).find((part) => !(part.flags & ts.TypeFlags.Undefined));
  const returned = types.checker.typeToString(signature.getReturnType());
  const answers = returned.startsWith('ApiListPromise')
    ? 'list'
    : returned.startsWith('ApiSearchResultPromise')
      ? 'search'
      : returned.startsWith('Promise<Response<')
        ? 'one'
        : 'stream';
  return {
    accessor,
    name,
    ...call,
    params: paramsType,
    answers,
    paged: paramsType?.getProperty('starting_after') !== undefined,
    answer: answered(types, signature.getReturnType(), answers),
  };
}

/** `ApiListPromise<T>` -> T; `Promise<Response<T | DeletedT>>` -> T. */
function answered(types: SdkTypes, returned: ts.Type, answers: SdkMethod['answers']): ts.Type | undefined {
  if (answers === 'stream') return undefined;
  const [argument] = returned.aliasTypeArguments ?? types.checker.getTypeArguments(returned as ts.TypeReference);
  if (argument === undefined) return undefined;
  const inner = answers === 'one' ? (argument.aliasTypeArguments?.[0] ?? argument) : argument;
  // A named union (`Event`) is one entity: what its members share.
  if (inner.aliasSymbol !== undefined) return inner;
  return members(inner).find((part) => !part.symbol.name.startsWith('Deleted')) ?? members(inner)[0];
}

/** A method that is one of the five operations of a top-level entity of API v1. */
export interface Classified {
  readonly entity: string;
  readonly operation: Operation | 'Search';
  readonly singleton: boolean;
  readonly path: string;
  readonly method: SdkMethod;
}

/** Which entity and operation a method is; undefined for actions, nested resources, test helpers and v2. */
export function classify(method: SdkMethod): Classified | undefined {
  const path = method.path.replace('{1}', '{id}');
  const segments = path.split('/').slice(2);
  const nested = path.includes('{2}') || (path.includes('{id}') && !path.endsWith('{id}'));
  if (!path.startsWith('/v1/') || segments[0] === 'test_helpers' || nested || method.answer === undefined)
    return undefined;
  if (NOT_SERVED.some((row) => row.method === method.method && row.path === path)) return undefined;
  const operation = operationOf(method, path);
  if (operation === undefined) return undefined;
  const singleton = operation === 'Get' || operation === 'Update' ? !path.includes('{id}') : false;
  return { entity: entityName(method), operation, singleton, path, method };
}

function operationOf(method: SdkMethod, path: string): Operation | 'Search' | undefined {
  if (method.answers === 'search') return 'Search';
  if (method.answers === 'list') return 'List';
  const named = {
    retrieve: 'Get',
    find: 'Get',
    create: 'Create',
    update: 'Update',
    del: 'Delete',
    cancel: 'Delete',
  } as const;
  const operation = (named as Readonly<Record<string, Operation>>)[method.name];
  if (operation === undefined) return undefined;
  if (operation === 'Delete' && method.method !== 'DELETE') return undefined;
  if (operation === 'Create' && path.includes('{id}')) return undefined;
  return operation;
}

/** `issuing.cards` answering `Card` is `Issuing.Card`. */
export function entityName(method: SdkMethod): string {
  const namespace = method.accessor
    .split('.')
    .slice(0, -1)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return [
    ...namespace,
    ((method.answer?.aliasSymbol ?? method.answer?.symbol)?.name ?? '').replace(/^Deleted/, ''),
  ].join('.');
}
