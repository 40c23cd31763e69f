import type { ReactNode } from 'react';
import { EntityPage } from './entity/entity-page.tsx';
import { ActionPage, OperationPage } from './form/call-page.tsx';
import { ObjectPage } from './object/object-page.tsx';
import { BrowsePage } from './pages/browse.tsx';
import { DeadLettersPage } from './pages/dead-letters/dead-letters.tsx';
import { EventsPage } from './pages/events/events.tsx';
import { HistoryPage } from './pages/history/history.tsx';
import { HomePage } from './pages/home/home.tsx';
import { LimiterPage } from './pages/limiter/limiter.tsx';
import { OperationsPage } from './pages/operations/operations.tsx';
import { RecordPage } from './pages/operations/record.tsx';
import { RequestsPage } from './pages/requests/requests.tsx';
import { SandboxPage } from './pages/sandbox/sandbox.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { ShortcutsPage } from './pages/shortcuts.tsx';
import { NotFoundPage } from './shell/not-found.tsx';
import type { ConsoleRoute } from './state/route.ts';

type PageRoute = (rest: readonly string[], params: URLSearchParams) => ReactNode;

/** Pages by the first segment of the address. A route returns undefined if the rest of the address names no page. */
const PAGE_ROUTES: Readonly<Record<string, PageRoute>> = {
  browse: (rest) => (rest.length === 0 ? <BrowsePage /> : undefined),
  entity: ([name, operation, ...more], params) => {
    if (name === undefined || more.length > 0) return undefined;
    if (operation === undefined || operation === 'List') return <EntityPage key={name} name={name} params={params} />;
    return (
      <OperationPage
        key={`${name}.${operation}?${params.toString()}`}
        entity={name}
        operation={operation}
        params={params}
      />
    );
  },
  object: ([entity, ...id], params) =>
    entity === undefined || id.length === 0 ? undefined : (
      <ObjectPage
        key={`${entity}/${id.join('/')}`}
        entity={entity}
        id={id.join('/')}
        tab={params.get('tab') ?? 'fields'}
      />
    ),
  action: ([name, ...more], params) =>
    name === undefined || more.length > 0 ? undefined : (
      <ActionPage key={`${name}?${params.toString()}`} name={name} params={params} />
    ),
  operations: ([id, ...more], params) => {
    if (more.length > 0) return undefined;
    return id === undefined ? <OperationsPage params={params} /> : <RecordPage key={id} id={id} />;
  },
  events: (rest, params) => (rest.length === 0 ? <EventsPage params={params} /> : undefined),
  'dead-letters': (rest) => (rest.length === 0 ? <DeadLettersPage /> : undefined),
  requests: (rest, params) => (rest.length === 0 ? <RequestsPage params={params} /> : undefined),
  limiter: (rest) => (rest.length === 0 ? <LimiterPage /> : undefined),
  settings: (rest) => (rest.length === 0 ? <SettingsPage /> : undefined),
  sandbox: (rest) => (rest.length === 0 ? <SandboxPage /> : undefined),
  history: (numbers) => (numbers.length <= 2 ? <HistoryPage key={numbers.join()} selected={numbers} /> : undefined),
  shortcuts: (rest) => (rest.length === 0 ? <ShortcutsPage /> : undefined),
};

/** The page of an address. */
export function pageForRoute({ segments, params }: ConsoleRoute): ReactNode {
  const [first, ...rest] = segments;
  if (first === undefined) return <HomePage />;
  const page = Object.hasOwn(PAGE_ROUTES, first) ? PAGE_ROUTES[first]?.(rest, params) : undefined;
  return page ?? <NotFoundPage address={segments.join('/')} />;
}
