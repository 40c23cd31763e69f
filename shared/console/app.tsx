import { useEffect } from 'react';
import { readOffer, type Offer } from './api/discovery.ts';
import { readConnection, sandbox, type ConnectionInfo } from './api/operator.ts';
import { useLoaded } from './api/use-loaded.ts';
import { Banner } from './shell/banner.tsx';
import { Header } from './shell/header.tsx';
import { ConnectionProvider, OfferProvider } from './shell/offer.tsx';
import { Palette } from './shell/palette.tsx';
import { Sidebar } from './shell/sidebar.tsx';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { pageForRoute } from './routes.tsx';
import { compareClocks } from './state/clock.ts';
import { useConnectionRound } from './state/connection-round.ts';
import { useConsoleRoute } from './state/route.ts';
import { PageBoundary } from './ui/page-boundary.tsx';
import { Announcer } from './ui/announcer.tsx';
import { ErrorState, Loading } from './ui/states.tsx';

const CONNECTION_POLL_MS = 30_000;

/** Reads what every page needs. Compares the clocks, because the clock of the local sandbox can be moved. */
async function readConsole(): Promise<{ offer: Offer; connection: ConnectionInfo }> {
  const [offer, connection] = await Promise.all([readOffer(), readConnection()]);
  if (connection.local && connection.stripe === 'sandbox') {
    const time = await sandbox<{ readonly now: number }>('GET', 'time').catch(() => undefined);
    if (time !== undefined) compareClocks(time.now);
  }
  return { offer, connection };
}

/** The console: header, navigation and the page that the address names. */
export function ConsoleApp() {
  const { data, error, reload } = useLoaded('console', readConsole, CONNECTION_POLL_MS);
  const round = useConnectionRound();
  useEffect(() => {
    if (round > 0) reload();
  }, [round, reload]);
  if (data === undefined)
    return (
      <main className="starting" id="content">
        <h1>Stripe connector</h1>
        {error === undefined ? <Loading what="the console" /> : <ErrorState error={error} onRetry={reload} />}
      </main>
    );
  return (
    <OfferProvider value={data.offer}>
      <ConnectionProvider value={data.connection}>
        <Frame />
      </ConnectionProvider>
    </OfferProvider>
  );
}

function Frame() {
  const route = useConsoleRoute();
  useShortcuts();
  return (
    <div className="frame">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          // The browser would replace the page's deep link in the address with `#content`.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to content
      </a>
      <Header />
      <Sidebar />
      <div className="body">
        <Banner />
        <main id="content" tabIndex={-1}>
          <PageBoundary key={route.segments.join('/')}>{pageForRoute(route)}</PageBoundary>
        </main>
      </div>
      <Palette />
      <Announcer />
    </div>
  );
}
