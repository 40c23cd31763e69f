import type { LimiterState } from '../../api/operator.ts';

/**
 * A count with its text. `name` identifies the count in the page. `href` links the page that lists the counted calls or
 * requests.
 */
type TodayCount = readonly [name: string, count: number, text: string, href: string | undefined];

/** The calls of today by outcome, and the requests that the connector sent to Stripe. */
export function Today({ limiter }: { readonly limiter: LimiterState }) {
  const { callsToday: calls, today: requests } = limiter;
  return (
    <section className="card" aria-label="Today">
      <h2>Today</h2>
      <div className="grid">
        <CountList
          title="Calls of the connector"
          counts={[
            ['succeeded', calls.succeeded, 'succeeded', undefined],
            ['failed', calls.failed, 'failed', '#/operations?state=failed'],
            ['rejected', calls.rejected, 'got 429', '#/requests?outcome=RATE_LIMITED'],
            ['unknown', calls.unknown, 'outcome unknown', '#/operations?state=indeterminate'],
          ]}
        />
        <CountList
          title="Requests to Stripe"
          counts={[
            ['sent', requests.sent, 'sent', '#/requests'],
            ['errors', requests.failed, 'failed at Stripe', '#/requests?outcome=error'],
          ]}
        />
      </div>
      <p className="muted">
        As this instance counted since midnight UTC, with what this console reads. A call may need several requests, or
        none.
      </p>
    </section>
  );
}

function CountList({ title, counts }: { readonly title: string; readonly counts: readonly TodayCount[] }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul className="figures" aria-label={title}>
        {counts.map(([name, count, text, href]) => {
          const figure = (
            <>
              <strong data-figure={name}>{count.toLocaleString('en')}</strong> {text}
            </>
          );
          return <li key={name}>{href === undefined ? figure : <a href={href}>{figure}</a>}</li>;
        })}
      </ul>
    </div>
  );
}
