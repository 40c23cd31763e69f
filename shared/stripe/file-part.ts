/** Builds the file part of an upload from the inputs of `catalog/file-inputs`, and removes file content from logs. */
import { hash } from 'node:crypto';
import { MAX_NAME_LENGTH } from '../bounds.ts';
import { UNNAMED_FILE } from '../catalog/file-inputs.ts';
import { snake } from '../catalog/names.ts';
import type { Route } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import type { FilePart, Params, StripeRequest } from './transport.ts';
import { isObject } from '../is-object.ts';
import { nodesOf } from './write-policy/params-tree.ts';

/**
 * For an upload, moves the file inputs from the parameters to a multipart part. Returns any other request unchanged.
 */
export function withFile(request: StripeRequest, { upload }: Pick<Route, 'upload'>): StripeRequest {
  if (upload === undefined) return request;
  const { content, file_name: name, content_type: type, ...params } = request.params;
  // If the connection has another API version than the catalog, required inputs were not checked before.
  if (typeof content !== 'string') throw invalidArgument([{ field: 'Content', description: 'is required' }]);
  checkNames(params);
  const bytes = Buffer.from(content, 'base64');
  const file: FilePart = {
    part: upload,
    name: typeof name === 'string' ? name : UNNAMED_FILE.name,
    type: typeof type === 'string' ? type : UNNAMED_FILE.type,
    bytes,
    sha256: hash('sha256', bytes),
  };
  return { ...request, params, file };
}

/** Describes a file in logs, previews and fingerprints, without its bytes. */
export function fileSummary({ name, type, bytes, sha256 }: FilePart): Readonly<Record<string, string | number>> {
  return { name, type, bytes: bytes.length, sha256 };
}

/** Describes a file in Stripe's response, without its bytes. */
export function responseFileSummary(body: Params): Readonly<Record<string, unknown>> {
  const { content, ...rest } = body;
  const bytes = Buffer.from(String(content), 'base64');
  return { ...rest, bytes: bytes.length, sha256: hash('sha256', bytes) };
}

/**
 * Returns a request body for display. In a request for the entity `File`, the content is replaced by its length. So is
 * any other long text, because the caller may have misspelled the name `Content`.
 */
export function withoutFile(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { entity, connectorInputPayload: input } = body;
  if (entity !== 'File') return body;
  const summarize = (name: string, value: unknown): unknown =>
    typeof value === 'string' && (snake(name) === 'content' || value.length > MAX_NAME_LENGTH)
      ? `${value.length} characters`
      : value;
  const connectorInputPayload = isObject(input)
    ? Object.fromEntries(Object.entries(input).map(([name, value]) => [name, summarize(name, value)]))
    : summarize('content', input);
  return { ...body, connectorInputPayload };
}

/** Replaces each run of 200 or more base64 characters by its length, in a text that is not JSON. */
export function textWithoutFile(text: string): string {
  return text.replace(/[A-Za-z0-9+/]{200,}/g, (base64) => `${base64.length} characters`);
}

/** Throws if a part name has characters that are ambiguous in a quoted string. RFC 7578 section 4.2 */
function checkNames(params: Params): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/["\\\u0000-\u001f\u007f]/.test(name))
      throw invalidArgument([
        { field, description: 'must not have quotes, backslashes or control characters in its name' },
      ]);
}
