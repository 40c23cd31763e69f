import { addToHistory, type HistoryEntry } from '../state/history.ts';
import { reloadConnection } from '../state/connection-revision.ts';
import { postJson, type ErrorEnvelope } from './http.ts';

/** A call of a function: its name and its body. */
export interface FunctionCall {
  readonly functionName: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `run` executes the call, `dryRun` plans its requests, and `explain` describes how rows are found. */
export type CallKind = 'run' | 'dryRun' | 'explain';

/** The response of a function, with the headers that the console shows. */
export interface CallReply {
  readonly status: number;
  readonly tookMs: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly operationId: string | undefined;
  readonly retryAfter: string | undefined;
  readonly throttledBy: string | undefined;
  readonly replayed: boolean;
}

/**
 * Calls a function and returns its response, also an error response. Throws if the server does not respond, or if
 * `signal` aborts the call.
 */
export async function runFunction({ functionName, body }: FunctionCall, signal?: AbortSignal): Promise<CallReply> {
  const startedAtMs = performance.now();
  const response = await postJson(`run/${functionName}`, body, { signal: signal ?? null });
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  const json = (await response.json().catch(() => ({
    error: { code: response.status, status: 'INTERNAL', message: `HTTP ${response.status} without JSON` },
  }))) as CallReply['body'];
  return {
    status: response.status,
    tookMs: Math.round(performance.now() - startedAtMs),
    body: json,
    operationId: header('Idempotency-Key'),
    retryAfter: header('Retry-After'),
    throttledBy: header('Throttled-By'),
    replayed: header('Idempotent-Replayed') === 'true',
  };
}

/** Sends a call of the kind that the user requested, and adds the call and its response to the history. */
export async function runAndRecord(kind: CallKind, call: FunctionCall): Promise<HistoryEntry> {
  const sentCall = kind === 'run' ? call : { ...call, body: { ...call.body, [kind]: true } };
  const reply = await runFunction(sentCall);
  const [detail] = (reply.body as Partial<ErrorEnvelope>).error?.details ?? [];
  if (detail?.reason === 'CONNECTION_SUSPENDED') reloadConnection();
  return addToHistory(kind, sentCall, reply, new Date());
}

export function isSuccess({ status }: CallReply): boolean {
  return status < 300;
}

export type OutputRow = Readonly<Record<string, unknown>>;

/** The rows of a response: the rows of a List call, or the one row of another call. Empty if the response has none. */
export function rowsOfReply({ body }: CallReply): readonly OutputRow[] {
  const { connectorOutputPayload: payload } = body;
  if (Array.isArray(payload)) return payload as OutputRow[];
  return typeof payload === 'object' && payload !== null ? [payload as OutputRow] : [];
}
