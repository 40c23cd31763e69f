import { isSuccess, rowsOfReply, runFunction } from '../../api/calls.ts';
import { requestSandbox } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useConnection, useCatalog } from '../../shell/console-context.tsx';
import { hashOf } from '../../state/route.ts';
import { runAndAnnounce } from '../../ui/announcer.tsx';

/** Whether the account has customers, by one request to Stripe. Throws if the request fails. */
async function hasCustomers(): Promise<boolean> {
  const reply = await runFunction({
    functionName: 'list-entities',
    body: { entity: 'Customer', listEntitiesPageSize: 1 },
  });
  if (!isSuccess(reply)) throw new Error('The customers could not be read.');
  return rowsOfReply(reply).length > 0;
}

/** Links to things to try that need no preparation, and a button that fills an empty sandbox. */
export function TryCard() {
  const connection = useConnection();
  const { entities } = useCatalog();
  const offers = (name: string): boolean => entities.some((entity) => entity.name === name);
  const payment = {
    Amount: '1500',
    Currency: 'usd',
    PaymentMethod: 'pm_card_visa',
    Confirm: 'true',
    ReturnUrl: 'https://example.com/',
  };
  const { data: accountHasCustomers } = useLoaded('demo', hasCustomers);
  const fill = (): Promise<void> =>
    runAndAnnounce(async () => {
      await requestSandbox('POST', 'seed', { name: 'demo' });
      return 'The sandbox has a demo shop now';
    });
  return (
    <section className="card" aria-label="Try it">
      <h2>Three things to try</h2>
      <ol className="try">
        {offers('PaymentIntent') && (
          <li>
            <a href={hashOf(['entity', 'PaymentIntent', 'Create'], payment)}>Take a payment of $15.00</a> with a test
            card, filled in.
          </li>
        )}
        {offers('PaymentIntent') && (
          <li>
            <a href={hashOf(['entity', 'PaymentIntent'], { filter: "Status = 'succeeded'", sort: 'Created DESC' })}>
              See the payments that succeeded
            </a>{' '}
            and explain how they are found.
          </li>
        )}
        <li>
          <a href="#/limiter">Send a burst</a> and watch the limit reject what is too much.
        </li>
      </ol>
      {connection.stripe === 'sandbox' && connection.local && accountHasCustomers === false && (
        <button type="button" onClick={() => void fill()}>
          Fill the sandbox with a demo shop
        </button>
      )}
    </section>
  );
}
