import type { DocsPage } from '../page.ts';
import { referenceTable } from './markdown-table.ts';

interface HeaderRow {
  readonly name: string;
  readonly sample: string;
  readonly meaning: string;
}

/** Headers that the functions read. A test compares both tables with the code. */
export const REQUEST_HEADERS: readonly HeaderRow[] = [
  {
    name: 'Authorization',
    sample: 'Bearer eyJh...',
    meaning:
      "A Google ID token whose audience is the function's URL. Cloud Run checks it. The local server needs none.",
  },
  {
    name: 'Content-Type',
    sample: 'application/json',
    meaning: 'Required with a body. UTF-8 is the only character set.',
  },
  {
    name: 'Idempotency-Key',
    sample: 'order-1042-create',
    meaning:
      'The same as `operationId` in the body: calls with the same key have [one effect](/docs/reference/idempotency).',
  },
  {
    name: 'Stripe-Signature',
    sample: 't=1795478400,v1=5257...',
    meaning: 'Signature of a webhook, for the function `stripe-events`.',
  },
  {
    name: 'ce-type',
    sample: 'google.cloud.pubsub.topic.v1.messagePublished',
    meaning:
      'Type of a CloudEvent in binary mode, as Eventarc delivers it to the function [`automation`](/docs/reference/pubsub-messages).',
  },
  {
    name: 'traceparent',
    sample: '00-4bf9...-00f0...-01',
    meaning: "W3C's trace context. The log lines of the call have its trace.",
  },
  {
    name: 'X-Cloud-Trace-Context',
    sample: '105445aa.../1;o=1',
    meaning: "Google's trace context, if there is no `traceparent`.",
  },
  {
    name: 'X-Admin-Token',
    sample: 'Zm9v...',
    meaning: 'Token of this start of the local server, for the [admin methods](/docs/reference/management).',
  },
];

/** Headers that the functions send. */
export const RESPONSE_HEADERS: readonly HeaderRow[] = [
  {
    name: 'Idempotency-Key',
    sample: 'order-1042-create',
    meaning: 'The operation id of a write, also if the connector generated it.',
  },
  {
    name: 'Idempotent-Replayed',
    sample: 'true',
    meaning: 'The result is that of an earlier call with the same operation id. Nothing was sent to Stripe.',
  },
  {
    name: 'Rate-Limit-Wait',
    sample: 'interactive; rate=350',
    meaning:
      'The class of the call, and the milliseconds that it waited by reason. See [rate limit](/docs/reference/rate-limit).',
  },
  {
    name: 'Throttled-By',
    sample: 'stripe_rate_limit; rate=0.5',
    meaning: "What slows the connection down: Stripe's 429, or an object that is locked.",
  },
  {
    name: 'Retry-After',
    sample: '2',
    meaning: 'With 429 and 503: seconds to wait before the same call. Keep the operation id.',
  },
  { name: 'Allow', sample: 'POST', meaning: 'With 405: the method that the path supports.' },
];

export function httpHeadersPage(): DocsPage {
  const table = (rows: readonly HeaderRow[]): string =>
    referenceTable(
      ['header', 'example', 'meaning'],
      rows.map(({ name, sample, meaning }) => [`\`${name}\``, `\`${sample}\``, meaning]),
    );
  return {
    path: 'reference/http-headers',
    section: 'reference',
    title: 'HTTP headers',
    label: 'HTTP headers',
    description: 'Headers of requests and responses of the functions.',
    markdown: `# HTTP headers

Headers of the functions and of the runtime API. Names are not case sensitive.

## Requests

${table(REQUEST_HEADERS)}

## Responses

${table(RESPONSE_HEADERS)}

The format of an error is in [errors](/docs/reference/errors).
`,
    isListed: true,
  };
}
