import type { ReactNode } from 'react';
import { CodeBlock } from '../../ui/code.tsx';
import { formatMoney, isAmountName } from '../../format/money.ts';
import { countedNoun } from '../../format/words.ts';

/** One request of a plan. */
interface PlannedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface QueryExplanation {
  readonly requests: readonly PlannedRequest[];
  /** Conditions that the connector evaluates on the rows of Stripe. */
  readonly clientFilters: readonly string[];
  readonly clientSort: boolean;
  readonly priority: string;
  readonly minRequests: number;
  /** The request that the connector sends for each row. Absent if it sends no further request. */
  readonly eachRow?: PlannedRequest;
}

/** A query or a body as the names and values of form parameters that Stripe receives: `metadata[tier]` with `gold`. */
function flatPairs(value: unknown, prefix = ''): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[prefix, String(value)]];
  return Object.entries(value).flatMap(([key, member]) =>
    flatPairs(member, prefix === '' ? key : `${prefix}[${Array.isArray(value) ? '' : key}]`),
  );
}

function RequestCard({ request, number }: { readonly request: PlannedRequest; readonly number: string }) {
  const { method, path, query, body, headers } = request;
  const pairs = [...flatPairs(query), ...flatPairs(body ?? {})];
  const currency = pairs.find(([name]) => name === 'currency')?.[1];
  return (
    <li className="request">
      <p>
        <span className="request-number">{number}</span>{' '}
        <strong className={`method ${method.toLowerCase()}`}>{method}</strong> <code>{path}</code>
      </p>
      {pairs.length > 0 && (
        <dl className="pairs-list">
          {pairs.map(([name, value]) => (
            <div key={name + value}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                {value === '' ? <span className="muted">empty</span> : value}
                {isAmountName(name) && /^-?\d+$/.test(value) && formatMoney(Number(value), currency) !== undefined && (
                  <span className="muted"> = {formatMoney(Number(value), currency)}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <details>
        <summary>Headers</summary>
        <CodeBlock
          label="Headers"
          text={Object.entries(headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\n')}
        />
      </details>
    </li>
  );
}

interface PlanViewProps {
  readonly requests: readonly PlannedRequest[];
  /** The rows that the clause of the call matches. */
  readonly rows: ReactNode;
}

/** The requests that a call would send to Stripe. */
export function PlanView({ requests, rows }: PlanViewProps) {
  // A request whose path has a placeholder, such as `{id}`, would be sent once for each matching row.
  const hasPlaceholders = requests.some(({ path }) => path.includes('{'));
  return (
    <section className="plan" aria-label="Plan">
      <p>
        Nothing was sent. This call would send{' '}
        {hasPlaceholders ? 'these requests' : countedNoun(requests.length, 'request')} to Stripe:
      </p>
      {rows}
      <ol>
        {requests.map((request, index) => (
          <RequestCard key={index} request={request} number={String(index + 1)} />
        ))}
      </ol>
    </section>
  );
}

interface ExplainViewProps {
  readonly explanation: QueryExplanation;
  readonly onClose?: () => void;
}

/** How rows are found: what Stripe filters, and what the connector then filters and sorts. */
export function ExplainView({ explanation, onClose }: ExplainViewProps) {
  const { requests, clientFilters, clientSort, minRequests, priority, eachRow } = explanation;
  return (
    <section className="plan" aria-label="Explanation">
      <div className="plan-head">
        <p>
          At least {countedNoun(minRequests, 'request')} to Stripe, class {priority}. Nothing was sent.
        </p>
        {onClose !== undefined && (
          <button type="button" className="small" onClick={onClose}>
            Close
          </button>
        )}
      </div>
      <ol className="explain-steps">
        {requests.map((request, index) => (
          <RequestCard
            key={index}
            request={request}
            number={requests.length === 1 ? 'Stripe' : `Stripe ${index + 1}`}
          />
        ))}
        <li className="request">
          <p>
            <span className="request-number">Connector</span>{' '}
            {clientFilters.length === 0 && !clientSort
              ? 'returns what Stripe returns: no row is read in vain.'
              : 'reads these rows, and'}
          </p>
          {clientFilters.map((filter) => (
            <p key={filter}>
              keeps those with <code>{filter}</code>
            </p>
          ))}
          {clientSort && <p>sorts them: it must read every row first.</p>}
        </li>
        {eachRow !== undefined && <RequestCard request={eachRow} number="Each row" />}
      </ol>
    </section>
  );
}
