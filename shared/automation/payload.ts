import { MAX_BODY_BYTES } from '../config/settings/limits.ts';
import { MAX_DEPTH, MAX_VALUES } from '../bounds.ts';
import { decodeJsonBytes } from '../json/utf8.ts';
import { invalidJsonMessage, parseExactJson, type ExactJson } from '../json/exact-json.ts';
import { Nesting } from '../json/nesting.ts';
import { ConnectorError } from '../errors.ts';

/** The parsed data of a message. */
export interface MessagePayload {
  /** An object or an array. An empty object if the message has attributes only. */
  readonly value: Readonly<Record<string, unknown>> | readonly unknown[];
  /** The values that `JSON.parse` would have changed, such as numbers with more digits than a double. */
  readonly exactJson: Pick<ExactJson, 'problems' | 'problemMembers' | 'count'>;
}

const NO_PROBLEM: MessagePayload['exactJson'] = { problems: [], problemMembers: new Set(), count: 0 };

/** Parses the data of a message, which is JSON in base64. Every error is permanent and has a reason. */
export function parsePayload(data: string, maxBytes: number): MessagePayload {
  if (data === '') return { value: {}, exactJson: NO_PROBLEM };
  const bytes = decodeBase64(data);
  if (bytes.length > maxBytes)
    throw unreadablePayload(
      'MESSAGE_TOO_LARGE',
      `the message has ${bytes.length} bytes, more than ${maxBytes}; raise max_body_bytes (up to ${MAX_BODY_BYTES})`,
    );
  const nesting = new Nesting();
  if (nesting.addChunk(bytes) > MAX_DEPTH)
    throw unreadablePayload(
      'MESSAGE_TOO_DEEP',
      `the message is nested deeper than ${MAX_DEPTH} levels of objects and arrays`,
    );
  if (nesting.separators > MAX_VALUES)
    throw unreadablePayload('MESSAGE_TOO_LARGE', `the message has more than ${MAX_VALUES} values; split it`);
  const text = decodeJsonBytes(bytes);
  if (text === undefined) throw unreadablePayload('MESSAGE_MALFORMED', 'the message is not valid UTF-8');
  const exactJson = parseExactJson(text);
  if (exactJson === undefined) throw unreadablePayload('MESSAGE_MALFORMED', invalidJsonMessage('the message', text));
  const { value } = exactJson;
  if (typeof value !== 'object' || value === null || value instanceof Number)
    throw unreadablePayload('MESSAGE_MALFORMED', 'the message must be a JSON object, or an array of objects');
  return { value: value as MessagePayload['value'], exactJson };
}

/** Returns whether the data of a message is base64, in the standard or the URL-safe alphabet. */
export function isBase64(data: string): boolean {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(data);
}

function decodeBase64(data: string): Buffer {
  if (!isBase64(data)) throw unreadablePayload('MESSAGE_MALFORMED', 'the data is not valid base64');
  return Buffer.from(data, 'base64');
}

function unreadablePayload(reason: string, message: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', message, { reason });
}
