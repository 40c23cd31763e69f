/** Files in requests: builds them from the inputs of `catalog/file-inputs`, and replaces their bytes in logs and plans. */
import { hash } from 'node:crypto';
import { MAX_NAME_LENGTH } from '../bounds.ts';
import { UNNAMED_FILE } from '../catalog/file-inputs.ts';
import { snake } from '../catalog/names.ts';
import type { Route } from '../catalog/types.ts';
import { invalidArgument } from '../errors.ts';
import type { FilePart, Params, StripeRequest } from './transport.ts';
import { isObject } from '../is-object.ts';
import { nodesOf } from './write-policy/params-tree.ts';

/** Moves the file's inputs of an upload from the parameters into a multipart part. */
export function withFile(request: StripeRequest, { upload }: Pick<Route, 'upload'>): StripeRequest {
  if (upload === undefined) return request;
  const { content, file_name: name, content_type: type, ...params } = request.params;
  // Another API version has no required inputs here, but no upload works without a file.
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

/** The form of a file in logs, plans and fingerprints: never its bytes. */
export function fileFacts({ name, type, bytes, sha256 }: FilePart): Readonly<Record<string, string | number>> {
  return { name, type, bytes: bytes.length, sha256 };
}

/** The same for a file in Stripe's response. */
export function answeredFileFacts(body: Params): Readonly<Record<string, unknown>> {
  const { content, ...rest } = body;
  const bytes = Buffer.from(String(content), 'base64');
  return { ...rest, bytes: bytes.length, sha256: hash('sha256', bytes) };
}

/** A caller's input for display: each file is replaced by the length of its text, under any name. */
export function withoutFile(requested: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { entity, connectorInputPayload: input } = requested;
  if (entity !== 'File') return requested;
  const shown = (name: string, value: unknown): unknown =>
    typeof value === 'string' && (snake(name) === 'content' || value.length > MAX_NAME_LENGTH)
      ? `${value.length} characters`
      : value;
  const connectorInputPayload = isObject(input)
    ? Object.fromEntries(Object.entries(input).map(([name, value]) => [name, shown(name, value)]))
    : shown('content', input);
  return { ...requested, connectorInputPayload };
}

/** Replaces base64 content in a text that is not JSON by its length. */
export function textWithoutFile(text: string): string {
  return text.replace(/[A-Za-z0-9+/]{200,}/g, (run) => `${run.length} characters`);
}

/** These characters have no unambiguous form in a quoted file name. RFC 7578 section 4.2 */
function checkNames(params: Params): void {
  for (const { name, field } of nodesOf(params, () => true))
    if (/["\\\u0000-\u001f\u007f]/.test(name))
      throw invalidArgument([
        { field, description: 'must not have quotes, backslashes or control characters in its name' },
      ]);
}
