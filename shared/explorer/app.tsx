import { useEffect, useState } from 'preact/hooks';
import { readAbout, readActions, readEntities, type About, type ActionEntry, type EntityEntry } from './api.ts';
import { ActionView, EntityView } from './target-view.tsx';
import { Watch } from './watch.tsx';

interface Offer {
  readonly about: About;
  readonly entities: readonly EntityEntry[];
  readonly actions: readonly ActionEntry[];
}

/** The page: banner, list of entities and actions, and the selected one. */
export function ExplorerApp() {
  const [offer, setOffer] = useState<Offer>();
  const [trouble, setTrouble] = useState<string>();
  const [kind = '', name = '', part = ''] = usePlace();
  useEffect(() => {
    Promise.all([readAbout(), readEntities(), readActions()]).then(
      ([about, entities, actions]) => setOffer({ about, entities, actions }),
      (error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  if (trouble !== undefined) return <p role="alert">{trouble}</p>;
  if (offer === undefined) return <p>...</p>;
  const { about } = offer;
  return (
    <>
      <Banner about={about} />
      <div class="page">
        <Index offer={offer} name={name} />
        <main>
          {kind === 'entity' && <EntityView key={name} name={name} about={about} part={part} />}
          {kind === 'action' && <ActionView key={name} name={name} about={about} />}
          {kind === '' && <Welcome offer={offer} />}
        </main>
        <Watch about={about} />
      </div>
    </>
  );
}

/** The segments of the URL after `#/`. */
function usePlace(): readonly string[] {
  const place = (): string[] => location.hash.replace(/^#\//, '').split('/').map(decodeURIComponent);
  const [parts, setParts] = useState(place);
  useEffect(() => {
    const moved = (): void => setParts(place());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return parts;
}

const MONEY: Readonly<Record<About['stripe'], string>> = {
  sandbox: 'a local sandbox: no real money',
  test: "Stripe's test mode: no real money",
  live: 'LIVE Stripe: real money',
  unknown: 'Stripe did not report the mode: treat it as real money',
};

function Banner({ about }: { readonly about: About }) {
  const { connection, region, stripe, stripeBase, apiVersion, expose, health } = about;
  return (
    <header class={`banner ${stripe}`}>
      <strong>{connection}</strong> {region}
      <span class="money" data-stripe={stripe}>
        {MONEY[stripe]}
        {stripeBase === undefined ? '' : ` (${stripeBase})`}
      </span>
      <span class="notes">
        API {apiVersion} · exposes {expose}
      </span>
      {health.state !== 'ACTIVE' && (
        <span class="bad" role="alert">
          {health.state}: {health.description}
        </span>
      )}
    </header>
  );
}

function Index({ offer, name }: { readonly offer: Offer; readonly name: string }) {
  const [wanted, setWanted] = useState('');
  const meets = (text: string): boolean => text.toLowerCase().includes(wanted.trim().toLowerCase());
  const entities = offer.entities.filter((one) => meets(one.name));
  const actions = offer.actions.filter((one) => meets(one.name) || meets(one.title));
  return (
    <nav class="index" aria-label="entities and actions">
      <input
        type="search"
        placeholder="find an entity or an action"
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      <h2>{entities.length} entities</h2>
      <Links kind="entity" all={entities.map((one) => [one.name, one.name])} here={name} />
      <h2>{actions.length} actions</h2>
      <Links kind="action" all={actions.map((one) => [one.name, one.title])} here={name} />
    </nav>
  );
}

interface LinksProps {
  readonly kind: 'entity' | 'action';
  /** Entries with name and title. */
  readonly all: readonly (readonly [name: string, title: string])[];
  readonly here: string;
}

function Links({ kind, all, here }: LinksProps) {
  return (
    <ul>
      {all.map(([name, title]) => (
        <li key={name}>
          <a href={`#/${kind}/${name}`} aria-current={name === here ? 'page' : undefined}>
            {title}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Welcome({ offer }: { readonly offer: Offer }) {
  const operations = offer.entities.reduce((sum, one) => sum + one.operations.length, 0);
  return (
    <>
      <h1>What Stripe can do here</h1>
      <p>
        {offer.entities.length} entities with {operations} operations, and {offer.actions.length} actions. Try a
        payment:
      </p>
      <ol>
        <li>
          <a href="#/entity/PaymentIntent/Create">make a payment intent</a>: Amount 1500, Currency usd, PaymentMethod
          pm_card_visa
        </li>
        <li>
          <a href="#/action/ConfirmPaymentIntent">confirm it</a> by its Id, with a ReturnUrl
        </li>
        <li>
          <a href="#/entity/PaymentIntent/List">list what succeeded</a>: Status = 'succeeded'
        </li>
      </ol>
      <p class="notes">
        The documents of OpenAPI: <a href="openapi.json">3.1</a>, <a href="openapi-3.0.json">3.0</a>.
      </p>
    </>
  );
}
