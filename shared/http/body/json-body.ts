import type { Request } from '@google-cloud/functions-framework';
import { utf8 } from '../../json/utf8.ts';
import { formatPath, parseExactJson, type JsonProblem } from '../../json/exact-json.ts';
import { ConnectorError, invalidArgument, type FieldViolation } from '../../errors.ts';
import { parseQuery } from './decode-url.ts';

/**
 * The JSON body of a request, read from its bytes: what the framework's parser would change without a word is refused, and
 * each field named. A body of another content type is what the framework made of it.
 */
export function parseJsonBody(request: Request): unknown {
  const { rawBody } = request;
  if (rawBody === undefined || rawBody.length === 0) return request.body;
  if (!request.is('application/json') && !request.is('application/cloudevents+json')) return request.body;
  const text = utf8(rawBody);
  if (text === undefined) throw malformed('the body is not UTF-8 text');
  const read = parseExactJson(text);
  if (read === undefined) throw malformed('the body is not JSON that can be read');
  if (read.count > 0) throw invalidArgument(read.problems.map(toFieldViolation), read.count - read.problems.length);
  return read.value;
}

function malformed(message: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', message, { reason: 'BODY_MALFORMED' });
}

/** Objects whose members are named by themselves, as other problems of an input are. */
const PAYLOADS: ReadonlySet<unknown> = new Set(['connectorInputPayload', 'fields', 'parameters']);

export function toFieldViolation({ path, description }: JsonProblem): FieldViolation {
  const within = path.length > 1 && PAYLOADS.has(path[0]) && typeof path[1] === 'string' ? path.slice(1) : path;
  return { field: formatPath(within) || 'body', description };
}

/** A function takes its input in the body alone: a parameter of the query is refused, not dropped. */
export function rejectQuery(request: Request): void {
  const names = [...new Set(parseQuery(request.originalUrl).keys())];
  if (names.length > 0)
    throw invalidArgument(
      names.map((field) => ({ field, description: 'is not taken in the query; put it into the body' })),
    );
}
