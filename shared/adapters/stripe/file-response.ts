import type { WireInfo, StripeResult } from '../../stripe/transport.ts';
import { parseResponse, RawResponse } from './response.ts';

/** How a file of a type begins: a page of a gateway may claim any type. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  // ISO 32000-1, 7.5.2
  'application/pdf': '%PDF-',
};

/** Classifies the answer to a request for a file. JSON in its place is Stripe's error, or no answer of Stripe's. */
export function fileAnswerOf(rawResponse: RawResponse, type: string): StripeResult {
  const { status, headers, tls } = rawResponse;
  const success = status >= 200 && status < 300;
  if (!success) return parseResponse(rawResponse);
  const content = Buffer.from(rawResponse.bytes.buffer, rawResponse.bytes.byteOffset, rawResponse.bytes.byteLength);
  const said = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (said !== type || !content.subarray(0, 1024).includes(BEGINNINGS[type] ?? ''))
    return parseResponse(new RawResponse(status, headers, undefined, tls));
  const { 'request-id': requestId } = headers;
  return {
    ok: true,
    body: { content: content.toString('base64'), content_type: type },
    ...(typeof requestId === 'string' && requestId !== '' ? { requestId } : {}),
    wire: { status, headers: headers as WireInfo['headers'], tls },
  };
}
