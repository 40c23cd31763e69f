import { requestSandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useConnection } from '../../shell/console-context.tsx';
import { countedNoun } from '../../format/words.ts';
import { hashOf } from '../../state/route.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import { ClockCard } from './clock-card.tsx';
import { FAULT_TEXTS, FaultForm } from './fault-form.tsx';
import { LimitsCard } from './limits-card.tsx';
import { runSandboxCommand, readSandbox } from './sandbox-state.ts';

const SANDBOX_POLL_MS = 3000;

/** The local sandbox: its clock, faults, limits and data. */
export function SandboxPage() {
  const { stripe, local } = useConnection();
  if (stripe !== 'sandbox' || !local)
    return (
      <PageFrame title="Sandbox">
        <EmptyState title="This connection does not use the local sandbox">
          <p>
            <code>npm start</code> without STRIPE_API_KEY starts one.
          </p>
        </EmptyState>
      </PageFrame>
    );
  return <SandboxControls />;
}

function SandboxControls() {
  const { data, error, reload } = useLoaded('sandbox', readSandbox, SANDBOX_POLL_MS);
  return (
    <PageFrame title="Sandbox" lead="The Stripe of this server: what you change here changes what it answers.">
      {data === undefined ? (
        <LoadState what="the sandbox" shape="cards" error={error} onRetry={reload} />
      ) : (
        <div className="grid">
          <ClockCard time={data.time} onChange={reload} />
          <DemoDataCard onChange={reload} />
          <section className="card" aria-label="Faults">
            <h2>Faults</h2>
            {data.faults.length === 0 && <p className="muted">No fault is set: every request is answered.</p>}
            <ul className="links">
              {data.faults.map((fault, index) => (
                <li key={index}>
                  {FAULT_TEXTS[fault.kind]},{' '}
                  {fault.times === undefined
                    ? `${(fault.share ?? 1) * 100} % of the requests`
                    : countedNoun(fault.times, 'more time')}
                  : <code>{[fault.method, fault.path].filter(Boolean).join(' ') || 'every request'}</code>
                </li>
              ))}
            </ul>
            {data.faults.length > 0 && (
              <button
                type="button"
                onClick={() => {
                  // The button disappears with the faults, so the focus moves to the form.
                  document.querySelector<HTMLElement>('form[aria-label="New fault"] select')?.focus();
                  void runSandboxCommand('Faults removed', () => requestSandbox('DELETE', 'faults'), reload);
                }}
              >
                Remove all
              </button>
            )}
            <FaultForm
              onAdd={(fault) =>
                void runSandboxCommand('Fault set', () => requestSandbox('POST', 'faults', fault), reload)
              }
            />
          </section>
          <LimitsCard state={data} onChange={reload} />
        </div>
      )}
    </PageFrame>
  );
}

function DemoDataCard({ onChange }: { readonly onChange: () => void }) {
  return (
    <section className="card" aria-label="Data">
      <h2>Data</h2>
      <p>A demo shop has 50 customers, 200 payments, 20 subscriptions, disputes and refunds.</p>
      <div className="buttons">
        <button
          type="button"
          className="primary"
          onClick={() =>
            void runSandboxCommand(
              'The sandbox has a demo shop now',
              () => requestSandbox('POST', 'seed', { name: 'demo' }),
              onChange,
            )
          }
        >
          Fill with a demo shop
        </button>
        <a className="button" href={hashOf(['events'], { part: 'deliveries' })}>
          Deliveries of webhooks
        </a>
      </div>
    </section>
  );
}
