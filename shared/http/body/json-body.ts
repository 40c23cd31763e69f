import type { Request } from '@google-cloud/functions-framework';
import { decodeJsonBytes } from '../../json/utf8.ts';
import { formatPath, invalidJsonMessage, parseExactJson, type JsonProblem } from '../../json/exact-json.ts';
import { ConnectorError, invalidArgument, type FieldViolation } from '../../errors.ts';
import { parseQuery } from './decode-url.ts';

/**
 * Parses a JSON body from its bytes. It rejects input that the framework's parser would change without an error, such
 * as repeated names and lost digits. For any other content type it returns the body as the framework parsed it.
 *
 * @throws ConnectorError INVALID_ARGUMENT
 */
export function parseJsonBody(request: Request): unknown {
  const { rawBody } = request;
  if (rawBody === undefined || rawBody.length === 0) return request.body;
  if (!request.is('application/json') && !request.is('application/cloudevents+json')) return request.body;
  const text = decodeJsonBytes(rawBody);
  if (text === undefined) throw malformed('the body is not valid UTF-8; send UTF-8 JSON');
  const parsed = parseExactJson(text);
  if (parsed === undefined) throw malformed(invalidJsonMessage('the body', text));
  if (parsed.count > 0)
    throw invalidArgument(parsed.problems.map(toFieldViolation), parsed.count - parsed.problems.length);
  return parsed.value;
}

function malformed(message: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', message, { reason: 'BODY_MALFORMED' });
}

/**
 * Objects with inputs. A field violation names a member of such an object without the name of the object, as other
 * input errors do.
 */
const PAYLOADS: ReadonlySet<unknown> = new Set(['connectorInputPayload', 'fields', 'parameters']);

/** Converts a JSON problem to a field violation. */
export function toFieldViolation({ path, description }: JsonProblem): FieldViolation {
  const shownPath = path.length > 1 && PAYLOADS.has(path[0]) && typeof path[1] === 'string' ? path.slice(1) : path;
  return { field: formatPath(shownPath) || 'body', description };
}

/** Rejects query parameters, because a function reads its input from the body only and must not ignore other input. */
export function rejectQuery(request: Request): void {
  const names = [...new Set(parseQuery(request.originalUrl).keys())];
  if (names.length > 0)
    throw invalidArgument(
      names.map((field) => ({ field, description: 'is not supported in the query; put it into the body' })),
    );
}
