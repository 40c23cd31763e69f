import ts from 'typescript';
import { recordCall, sdk, type RecordedCall } from './record.ts';
import { commentOf, members } from './type-parts.ts';
import type { SdkTypes } from './types.ts';

/** An SDK method with its types. */
export interface SdkMethod extends RecordedCall {
  /** Path of the resource in the SDK, such as `issuing.cards`. */
  readonly accessor: string;
  readonly name: string;
  readonly params: ts.Type | undefined;
  /** The type of the response: the resource, or the item of a list. */
  readonly responseType: ts.Type | undefined;
  readonly responseKind: 'one' | 'list' | 'search' | 'stream';
  readonly paged: boolean;
  /** The doc comment of the method in the SDK. */
  readonly comment: string;
}

/**
 * Returns the methods of the installed SDK's resources that send a request, without OAuth. `stripe` is the type of its
 * `Stripe` class.
 */
export function sdkMethods(types: SdkTypes, stripe: ts.Type): SdkMethod[] {
  const methods: SdkMethod[] = [];
  const walk = (type: ts.Type, instance: object, accessor: string): void => {
    for (const property of types.checker.getPropertiesOfType(type)) {
      const value: unknown = (instance as Record<string, unknown>)[property.name];
      const declared = types.typeOf(property);
      // OAuth is not an entity of the API: it has other hosts and types.
      if (property.name.startsWith('_') || property.name === 'oauth' || value === undefined || value === null) continue;
      if (isResource(value) || isNamespace(value)) {
        walk(declared, value, accessor === '' ? property.name : `${accessor}.${property.name}`);
      } else if (typeof value === 'function' && isResource(instance) && isOwnMethod(instance, property.name)) {
        const method = describeMethod(types, instance, accessor, property);
        if (method !== undefined) methods.push(method);
      }
    }
  };
  walk(stripe, sdk, '');
  // The SDK has some resources under two names, such as `stripe.account` and `stripe.accounts`. Each method is returned
  // once.
  return [...new Map(methods.map((method) => [`${method.method} ${method.path} ${method.name}`, method])).values()];
}

function isResource(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '_makeRequest' in value;
}

/** Returns whether an object contains resources, directly or in nested namespaces (`v2.core`). */
function isNamespace(value: unknown, depth = 0): value is object {
  if (typeof value !== 'object' || value === null || depth > 2 || '_emitter' in value) return false;
  return Object.entries(value).some(
    ([key, inner]) => !key.startsWith('_') && (isResource(inner) || isNamespace(inner, depth + 1)),
  );
}

/** Returns whether a resource's own class defines the method, as opposed to a base class. */
function isOwnMethod(instance: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(Object.getPrototypeOf(instance), name) && name !== 'constructor';
}

/** Returns an SDK method with its types and its request. Undefined if the method sends no request. */
function describeMethod(
  types: SdkTypes,
  instance: object,
  accessor: string,
  property: ts.Symbol,
): SdkMethod | undefined {
  const { name } = property;
  const declared = types.typeOf(property);
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
  const kind = responseKindOf(returned);
  return {
    accessor,
    name,
    ...call,
    params: paramsType,
    responseKind: kind,
    paged: returned.startsWith('V2') || paramsType?.getProperty('starting_after') !== undefined,
    responseType: responseTypeOf(types, signature.getReturnType(), kind),
    comment: commentOf(types.checker, property),
  };
}

/** Returns the kind of a response by the text of a method's return type. */
function responseKindOf(returnType: string): SdkMethod['responseKind'] {
  if (/^(Api|V2)ListPromise/.test(returnType)) return 'list';
  if (returnType.startsWith('ApiSearchResultPromise')) return 'search';
  return returnType.startsWith('Promise<Response<') ? 'one' : 'stream';
}

/** Returns the type `T` of a method that returns `ApiListPromise<T>` or `Promise<Response<T | DeletedT>>`. */
function responseTypeOf(types: SdkTypes, returned: ts.Type, kind: SdkMethod['responseKind']): ts.Type | undefined {
  if (kind === 'stream') return undefined;
  const [argument] = returned.aliasTypeArguments ?? types.checker.getTypeArguments(returned as ts.TypeReference);
  if (argument === undefined) return undefined;
  const inner = kind === 'one' ? (argument.aliasTypeArguments?.[0] ?? argument) : argument;
  // A named union (`Event`) is one entity with the fields of all its members.
  if (inner.aliasSymbol !== undefined) return inner;
  return members(inner).find((part) => !part.symbol.name.startsWith('Deleted')) ?? members(inner)[0];
}
