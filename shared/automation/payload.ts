import { MOST_BODY_BYTES } from '../config/settings.ts';
import { MAX_DEPTH, MAX_VALUES } from '../bounds.ts';
import { utf8 } from '../json/utf8.ts';
import { parseExactJson, type ExactJson } from '../json/exact-json.ts';
import { Nesting } from '../json/nesting.ts';
import { ConnectorError } from '../errors.ts';

/** What a message says. */
export interface MessagePayload {
  /** An object, or several; an empty object where it has attributes alone. */
  readonly value: Readonly<Record<string, unknown>> | readonly unknown[];
  /** What of it is not as it was written. */
  readonly read: Pick<ExactJson, 'problems' | 'members' | 'count'>;
}

const NO_PROBLEM: MessagePayload['read'] = { problems: [], members: new Set(), count: 0 };

/** Reads the data of a message, base64 of JSON. Every way in which it can be wrong is permanent, and has its reason. */
export function parsePayload(data: string, mostBytes: number): MessagePayload {
  if (data === '') return { value: {}, read: NO_PROBLEM };
  const bytes = decoded(data);
  if (bytes.length > mostBytes)
    throw unreadable(
      'MESSAGE_TOO_LARGE',
      `the message has ${bytes.length} bytes, more than ${mostBytes}; set max_body_bytes, which may be up to ${MOST_BODY_BYTES}`,
    );
  const nesting = new Nesting();
  if (nesting.deepest(bytes) > MAX_DEPTH)
    throw unreadable('MESSAGE_TOO_DEEP', `the message is nested deeper than ${MAX_DEPTH} objects and arrays`);
  if (nesting.separators > MAX_VALUES)
    throw unreadable('MESSAGE_TOO_LARGE', `the message holds more than ${MAX_VALUES} values`);
  const text = utf8(bytes);
  if (text === undefined) throw unreadable('MESSAGE_MALFORMED', 'the message is not UTF-8 text');
  const read = parseExactJson(text);
  if (read === undefined) throw unreadable('MESSAGE_MALFORMED', 'the message is not JSON that can be read');
  const { value } = read;
  if (typeof value !== 'object' || value === null || value instanceof Number)
    throw unreadable('MESSAGE_MALFORMED', 'the message must be a JSON object, or an array of objects');
  return { value: value as MessagePayload['value'], read };
}

function decoded(data: string): Buffer {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) throw unreadable('MESSAGE_MALFORMED', 'the data is not base64');
  return Buffer.from(data, 'base64');
}

function unreadable(reason: string, words: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', words, { reason });
}
