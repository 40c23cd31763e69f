import { badRequest } from '../../api-error.ts';
import type { ApiRoute } from '../routes.ts';
import { parseForm, parseJson, type FormTree } from './form.ts';
import { checkFormats } from './formats.ts';
import { checkRemoved, legacyParameters } from './legacy-parameters.ts';
import { typedParameters, withV2Ranges, type TypedParams } from './parameters.ts';

/** One HTTP request to the API. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly form: string;
  readonly isUpload: boolean;
  /** True for a JSON body, which API v1 rejects. */
  readonly isJson?: boolean;
  readonly apiKey: string;
  readonly account?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly version?: string | undefined;
}

/** Checks the parameters of a request against its route. Returns their typed values and the paths of `expand`. */
export function readParams(request: SandboxRequest, route: ApiRoute): { params: TypedParams; expandPaths: string[] } {
  const { method, path, form, query } = request;
  const isV2 = path.startsWith('/v2/');
  const isPost = method === 'POST';
  const tree = isPost && isV2 ? parseJson(form) : parseForm(isPost ? form : query);
  const { expand, ...rest } = tree;
  const legacy = legacyParameters(method, path, request.version);
  checkRemoved(path, rest, { ...legacy.fields, ...route.fields });
  const fields = { ...legacy.fields, ...(isV2 ? withV2Ranges(route.fields) : route.fields) };
  const params = legacy.rewrite(typedParameters(rest, fields));
  if (isPost) checkFormats(params);
  return { params, expandPaths: expandPathsOf(expand) };
}

function expandPathsOf(expand: FormTree[string] | undefined): string[] {
  if (expand === undefined) return [];
  if (!Array.isArray(expand)) throw badRequest('Invalid array', { param: 'expand' });
  return expand.map(String);
}
