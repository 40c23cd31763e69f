import { useState } from 'preact/hooks';
import type { ApiResponse, Call } from '../api.ts';
import { curl, typed } from './snippets.ts';

export interface CallResult {
  readonly kind: 'run' | 'dryRun' | 'explain';
  readonly call: Call;
  readonly answer: ApiResponse;
  /** Stripe's JSON of the same result, once requested. */
  readonly native?: ApiResponse;
}

interface ResultViewProps {
  readonly outcome: CallResult;
  readonly onNative: () => void;
  readonly onNextPage: (token: string) => void;
}

const TABS = ['rows', 'connector', 'native', 'curl', 'client'] as const;
type Tab = (typeof TABS)[number];

/** Shows the result of a call in both formats, and the call as code. */
export function ResultView({ outcome, onNative, onNextPage }: ResultViewProps) {
  const [tab, setTab] = useState<Tab>('connector');
  const { kind, call, answer, native } = outcome;
  const ok = answer.status < 300;
  const rows = ok ? rowsOf(answer) : undefined;
  const base = location.origin;
  const tabs = TABS.filter(
    (one) => (one !== 'rows' || rows !== undefined) && (one !== 'native' || (ok && kind === 'run')),
  );
  const shown = tabs.includes(tab) ? tab : 'connector';
  const token = answer.body['listEntitiesNextPageToken'];
  return (
    <section class="answer" aria-label="answer">
      <Head kind={kind} answer={answer} />
      {!ok && <Failure answer={answer} />}
      <nav>
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === shown}
            onClick={() => {
              setTab(one);
              if (one === 'native' && native === undefined) onNative();
            }}
          >
            {one}
          </button>
        ))}
      </nav>
      {shown === 'rows' && rows !== undefined && <Rows rows={rows} />}
      {shown === 'connector' && <Code text={JSON.stringify(answer.body, undefined, 2)} />}
      {shown === 'native' && <Code text={native === undefined ? '...' : JSON.stringify(native.body, undefined, 2)} />}
      {shown === 'curl' && <Code text={curl(call, base)} />}
      {shown === 'client' && <Code text={typed(call, base)} />}
      {typeof token === 'string' && (
        <button type="button" onClick={() => onNextPage(token)}>
          next page
        </button>
      )}
    </section>
  );
}

function Head({ kind, answer }: { readonly kind: CallResult['kind']; readonly answer: ApiResponse }) {
  const { status, tookMs, operationId, replayed, throttledBy, retryAfter, body } = answer;
  const facts = [
    ...(kind === 'run' ? [] : ['nothing was sent']),
    `${tookMs} ms`,
    ...(typeof body['effect'] === 'string' ? [`effect ${body['effect']}`] : []),
    ...(operationId === undefined ? [] : [`operationId ${operationId}`]),
    ...(replayed ? ['from the record, no second effect'] : []),
    ...(throttledBy === undefined ? [] : [`slowed by ${throttledBy}`]),
    ...(retryAfter === undefined ? [] : [`try again in ${retryAfter} s`]),
  ];
  return (
    <p class="facts">
      <strong class={status < 300 ? 'good' : 'bad'} data-status={status}>
        {status}
      </strong>{' '}
      {facts.join(' · ')}
    </p>
  );
}

interface Detail {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
}

function Failure({ answer }: { readonly answer: ApiResponse }) {
  const error = answer.body['error'] as { status: string; message: string; details: readonly Detail[] };
  const { reason, metadata = {} } = error.details[0] ?? {};
  const violations = error.details.flatMap(({ fieldViolations = [] }) => fieldViolations);
  return (
    <div class="failure" role="alert">
      <strong>
        {error.status} {reason}
      </strong>
      {violations.length === 0 ? <p>{error.message}</p> : null}
      {violations.map(({ field, description }) => (
        <p key={field + description}>
          <code>{field}</code> {description}
        </p>
      ))}
      {metadata['effect'] !== undefined && <p>effect at Stripe: {metadata['effect']}</p>}
      {metadata['requestId'] !== undefined && <p>Stripe's request: {metadata['requestId']}</p>}
    </div>
  );
}

type ResultRow = Readonly<Record<string, unknown>>;

function rowsOf({ body }: ApiResponse): readonly ResultRow[] | undefined {
  const payload = body['connectorOutputPayload'];
  if (Array.isArray(payload)) return payload as ResultRow[];
  return typeof payload === 'object' && payload !== null ? [payload as ResultRow] : undefined;
}

/** Returns the columns with values. */
function Rows({ rows }: { readonly rows: readonly ResultRow[] }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    rows.some((row) => row[name] !== null && row[name] !== undefined && row[name] !== ''),
  );
  if (rows.length === 0) return <p class="notes">no rows</p>;
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {names.map((name) => (
                <td key={name}>{cell(row[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function Code({ text }: { readonly text: string }) {
  return (
    <div class="code">
      <button type="button" class="copy" onClick={() => void navigator.clipboard.writeText(text)}>
        copy
      </button>
      <pre>{text}</pre>
    </div>
  );
}
