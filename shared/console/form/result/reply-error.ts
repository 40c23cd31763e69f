import type { CallReply } from '../../api/calls.ts';
import type { ErrorEnvelope } from '../../api/http.ts';

export interface ReplyError {
  readonly message: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly { readonly field: string; readonly description: string }[];
}

/** The error in a response that is not successful. */
export function errorOfReply({ body }: CallReply): ReplyError {
  const { error } = body as unknown as ErrorEnvelope;
  const { details = [] } = error;
  return {
    message: error.message,
    status: error.status,
    reason: details[0]?.reason,
    metadata: details[0]?.metadata ?? {},
    violations: details.flatMap(({ fieldViolations = [] }) => fieldViolations),
  };
}

/** The effect that a response reports: `none`, `done` or `unknown`. Undefined if the response reports no effect. */
export function effectOfReply({ body }: CallReply): string | undefined {
  const { error } = body as Partial<ErrorEnvelope>;
  const effect = error === undefined ? body['effect'] : error.details?.[0]?.metadata?.['effect'];
  return typeof effect === 'string' ? effect : undefined;
}
