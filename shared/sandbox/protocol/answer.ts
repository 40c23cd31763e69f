import { Refusal } from '../refusal.ts';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  /** A Buffer is a file. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What Stripe answers to a request that failed; 500 for a fault of the sandbox itself. */
export function failureAnswer(error: unknown): { status: number; body: object } {
  if (!(error instanceof Refusal))
    return {
      status: 500,
      body: { error: { type: 'api_error', message: `The sandbox failed: ${String(error)}` } },
    };
  return { status: error.status, body: structuredClone({ error: error.body }) };
}
