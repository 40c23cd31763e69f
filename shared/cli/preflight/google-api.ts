/** Google's REST APIs for the preflight: one read request each, with status and body. Nothing is changed. */
import * as z from 'zod';

/** The part of the platform's `fetch` that the preflight uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ApiResult {
  readonly status: number;
  /** The parsed body of a 2xx response; an empty object for other responses. */
  readonly body: unknown;
  /** `reason` of Google's error details, such as SERVICE_DISABLED. https://cloud.google.com/apis/design/errors */
  readonly reason?: string | undefined;
  /** Google's error message in one line; absent for 2xx. */
  readonly message?: string;
}

export interface GoogleApi {
  get(url: string): Promise<ApiResult>;
  post(url: string, body: object): Promise<ApiResult>;
}

const GOOGLE_TIMEOUT_MS = 30_000;

const googleError = z.object({
  error: z.object({
    message: z.string().default(''),
    details: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
});

/**
 * Sends requests as the owner of `token`, billed to `project`. A request without a response has status 0.
 * https://docs.cloud.google.com/apis/docs/system-parameters
 */
export function googleApi(fetch: Fetch, token: string, project: string): GoogleApi {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-goog-user-project': project,
  };
  const send = async (url: string, init: RequestInit): Promise<ApiResult> => {
    try {
      const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(GOOGLE_TIMEOUT_MS) });
      return result(response.status, await response.text());
    } catch (cause) {
      return { status: 0, body: {}, message: cause instanceof Error ? cause.message : String(cause) };
    }
  };
  return {
    get: (url) => send(url, { method: 'GET' }),
    post: (url, body) => send(url, { method: 'POST', body: JSON.stringify(body) }),
  };
}

function result(status: number, text: string): ApiResult {
  const body = readGoogleJson(text);
  if (status >= 200 && status < 300) return { status, body };
  const parsed = googleError.safeParse(body);
  if (!parsed.success) return { status, body: {}, message: `HTTP ${status}` };
  const { message, details } = parsed.data.error;
  const reason = details.find((detail) => detail.reason !== undefined)?.reason;
  return { status, body: {}, message: message.split('\n')[0] ?? '', reason };
}

function readGoogleJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
