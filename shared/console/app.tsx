import { useEffect } from 'react';
import { readConsoleCatalog, type ConsoleCatalog } from './api/discovery.ts';
import { readConnection, requestSandbox, type ConnectionInfo } from './api/operator.ts';
import { useLoaded } from './api/use-loaded.ts';
import { Banner } from './shell/banner.tsx';
import { Header } from './shell/header.tsx';
import { ConnectionProvider, CatalogProvider } from './shell/console-context.tsx';
import { Palette } from './shell/palette.tsx';
import { Sidebar } from './shell/sidebar.tsx';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { pageForRoute } from './routes.tsx';
import { compareClocks } from './state/clock.ts';
import { useConnectionRevision } from './state/connection-revision.ts';
import { useConsoleRoute } from './state/route.ts';
import { PageBoundary } from './ui/page-boundary.tsx';
import { Announcer } from './ui/announcer.tsx';
import { ErrorState, Loading } from './ui/states.tsx';

const CONNECTION_POLL_MS = 30_000;

/**
 * Reads what every page needs. Compares the clock of the local sandbox, which the user can move, with the clock of this
 * machine.
 */
async function readConsole(): Promise<{ catalog: ConsoleCatalog; connection: ConnectionInfo }> {
  const [catalog, connection] = await Promise.all([readConsoleCatalog(), readConnection()]);
  if (connection.local && connection.stripe === 'sandbox') {
    const time = await requestSandbox<{ readonly now: number }>('GET', 'time').catch(() => undefined);
    if (time !== undefined) compareClocks(time.now);
  }
  return { catalog, connection };
}

/** The console: header, navigation and the page that the address names. */
export function ConsoleApp() {
  const { data, error, reload } = useLoaded('console', readConsole, CONNECTION_POLL_MS);
  const revision = useConnectionRevision();
  useEffect(() => {
    if (revision > 0) reload();
  }, [revision, reload]);
  if (data === undefined)
    return (
      <main className="starting" id="content">
        <h1>Stripe connector</h1>
        {error === undefined ? <Loading what="the console" /> : <ErrorState error={error} onRetry={reload} />}
      </main>
    );
  return (
    <CatalogProvider value={data.catalog}>
      <ConnectionProvider value={data.connection}>
        <ConsoleLayout />
      </ConnectionProvider>
    </CatalogProvider>
  );
}

function ConsoleLayout() {
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
