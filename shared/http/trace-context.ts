import type { Request } from '@google-cloud/functions-framework';
import type { Connector } from '../operations/connector.ts';
import type { LogFields } from '../ports/log.ts';

const FIELD = 'logging.googleapis.com';

/** Runs `work` with the trace of the request in every log line, so that Cloud Logging groups the lines of a request. */
export function runWithTrace<T>({ log, project }: Connector, request: Request, work: () => T): T {
  return log.during(
    traceFields((name) => request.get(name), project),
    work,
  );
}

/**
 * Returns the log fields of a request's trace, from W3C's `traceparent` or else Google's `X-Cloud-Trace-Context`.
 * https://www.w3.org/TR/trace-context/, https://cloud.google.com/trace/docs/trace-context
 */
export function traceFields(header: (name: string) => string | undefined, project: string | undefined): LogFields {
  const context = parseTraceparent(header('traceparent')) ?? parseCloudTrace(header('X-Cloud-Trace-Context'));
  if (context === undefined) return {};
  const { trace, span, sampled } = context;
  return {
    [`${FIELD}/trace`]: project === undefined ? trace : `projects/${project}/traces/${trace}`,
    [`${FIELD}/spanId`]: span,
    [`${FIELD}/trace_sampled`]: sampled,
  };
}

interface Trace {
  readonly trace: string;
  readonly span: string | undefined;
  readonly sampled: boolean;
}

function parseTraceparent(header: string | undefined): Trace | undefined {
  const [, trace, span, flags] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(header ?? '') ?? [];
  if (trace === undefined || flags === undefined) return undefined;
  return { trace, span, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** Parses Google's `X-Cloud-Trace-Context` header, in which the span is a decimal number. */
function parseCloudTrace(header: string | undefined): Trace | undefined {
  const [, trace, span, options] = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i.exec(header ?? '') ?? [];
  if (trace === undefined) return undefined;
  const hex = span === undefined ? undefined : BigInt(span).toString(16).padStart(16, '0');
  return { trace: trace.toLowerCase(), span: hex, sampled: options === '1' };
}
