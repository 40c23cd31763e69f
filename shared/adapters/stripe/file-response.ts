import type { Seen, StripeAnswer } from '../../stripe/transport.ts';
import { answerOf, HttpAnswer } from './response.ts';

/** How a file of a type begins: a page of a gateway may claim any type. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  // ISO 32000-1, 7.5.2
  'application/pdf': '%PDF-',
};

/** Classifies the answer to a request for a file. JSON in its place is Stripe's error, or no answer of Stripe's. */
export function fileAnswerOf(answer: HttpAnswer, type: string): StripeAnswer {
  const { status, headers, tls } = answer;
  const success = status >= 200 && status < 300;
  if (!success) return answerOf(answer);
  const content = Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength);
  const said = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (said !== type || !content.subarray(0, 1024).includes(BEGINNINGS[type] ?? ''))
    return answerOf(new HttpAnswer(status, headers, undefined, tls));
  const { 'request-id': requestId } = headers;
  return {
    ok: true,
    body: { content: content.toString('base64'), content_type: type },
    ...(typeof requestId === 'string' && requestId !== '' ? { requestId } : {}),
    seen: { status, headers: headers as Seen['headers'], tls },
  };
}
