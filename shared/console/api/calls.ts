import { addToHistory, type HistoryEntry } from '../state/history.ts';
import { readConnectionAgain } from '../state/connection-round.ts';
import { postJson, type ErrorEnvelope } from './http.ts';

/** A call of a function: its name and its body. */
export interface FunctionCall {
  readonly functionName: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `run` executes; `dryRun` plans the requests; `explain` describes how rows are found. */
export type CallKind = 'run' | 'dryRun' | 'explain';

export interface CallReply {
  readonly status: number;
  readonly tookMs: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly operationId: string | undefined;
  readonly retryAfter: string | undefined;
  readonly throttledBy: string | undefined;
  readonly replayed: boolean;
}

/** Runs a function and returns its response, also if it is an error. */
export async function runFunction({ functionName, body }: FunctionCall, signal?: AbortSignal): Promise<CallReply> {
  const begun = performance.now();
  const response = await postJson(`run/${functionName}`, body, signal === undefined ? {} : { signal });
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  const json = (await response.json().catch(() => ({
    error: { code: response.status, status: 'INTERNAL', message: `HTTP ${response.status} without JSON` },
  }))) as CallReply['body'];
  return {
    status: response.status,
    tookMs: Math.round(performance.now() - begun),
    body: json,
    operationId: header('Idempotency-Key'),
    retryAfter: header('Retry-After'),
    throttledBy: header('Throttled-By'),
    replayed: header('Idempotent-Replayed') === 'true',
  };
}

/** Runs a call that the user requested, and adds it to the history. */
export async function runRecorded(kind: CallKind, call: FunctionCall): Promise<HistoryEntry> {
  const whole = kind === 'run' ? call : { ...call, body: { ...call.body, [kind]: true } };
  const reply = await runFunction(whole);
  const [detail] = (reply.body as Partial<ErrorEnvelope>).error?.details ?? [];
  if (detail?.reason === 'CONNECTION_SUSPENDED') readConnectionAgain();
  return addToHistory(kind, whole, reply, new Date());
}

export function isSuccess({ status }: CallReply): boolean {
  return status < 300;
}

export type OutputRow = Readonly<Record<string, unknown>>;

/** The rows of a response. */
export function rowsOfReply({ body }: CallReply): readonly OutputRow[] {
  const { connectorOutputPayload: payload } = body;
  if (Array.isArray(payload)) return payload as OutputRow[];
  return typeof payload === 'object' && payload !== null ? [payload as OutputRow] : [];
}
