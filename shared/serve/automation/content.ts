import { DEEPEST, MOST_VALUES } from '../../bounds.ts';
import { Nesting } from '../../core/nesting.ts';
import { ConnectorError } from '../../errors.ts';

/** What a message says: an object, or several; an empty object where it has attributes alone. */
export type Content = Readonly<Record<string, unknown>> | readonly unknown[];

/** Reads the data of a message, base64 of JSON. Every way in which it can be wrong is permanent, and has its reason. */
export function contentOf(data: string, mostBytes: number): Content {
  if (data === '') return {};
  const bytes = decoded(data);
  if (bytes.length > mostBytes)
    throw unreadable(
      'MESSAGE_TOO_LARGE',
      `the message has ${bytes.length} bytes, more than ${mostBytes} (max_body_bytes)`,
    );
  const nesting = new Nesting();
  if (nesting.deepest(bytes) > DEEPEST)
    throw unreadable('MESSAGE_TOO_DEEP', `the message is nested deeper than ${DEEPEST} objects and arrays`);
  if (nesting.separators > MOST_VALUES)
    throw unreadable('MESSAGE_TOO_LARGE', `the message holds more than ${MOST_VALUES} values`);
  const content = parsed(textOf(bytes));
  if (typeof content !== 'object' || content === null)
    throw unreadable('MESSAGE_MALFORMED', 'the message must be a JSON object, or an array of objects');
  return content as Content;
}

function decoded(data: string): Buffer {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(data)) throw unreadable('MESSAGE_MALFORMED', 'the data is not base64');
  return Buffer.from(data, 'base64');
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('MESSAGE_MALFORMED', 'the message is not UTF-8 text');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('MESSAGE_MALFORMED', 'the message is not JSON that can be read');
  }
}

function unreadable(reason: string, words: string): ConnectorError {
  return new ConnectorError('INVALID_ARGUMENT', words, { reason });
}
