import { Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { rowsOfReply, runFunction, type CallReply } from '../api/calls.ts';
import { readEntityDescriptor } from '../api/discovery.ts';
import { isSuccess } from '../api/calls.ts';
import { fullTime } from '../format/time.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { TimeText } from '../ui/value.tsx';
import { renewalOf, rowTitle } from './row-title.ts';
import { FailureReason } from './failure-reason.tsx';
import { CallError } from '../form/result/call-error.tsx';
import { CopyAs } from '../form/snippets/copy-as.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { useCatalog } from '../shell/console-context.tsx';
import { useRememberOpened } from '../shell/recent-entities.ts';
import { hashOf, replaceHash } from '../state/route.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyButton, Json } from '../ui/code.tsx';
import { Icon } from '../ui/icons.tsx';
import { PageFrame } from '../ui/page.tsx';
import { LoadState } from '../ui/states.tsx';
import { Authenticate } from './actions/authenticate.tsx';
import { ObjectActions } from './actions/object-actions.tsx';
import { ObjectEvents } from './object-events.tsx';
import { ObjectFields } from './object-fields.tsx';
import { ObjectOperations } from './object-operations.tsx';
import { ReferrerLinks, RelatedObjects } from './related-objects.tsx';
import { useRefunded } from './actions/use-refunded.ts';

const getCall = (entity: string, id: string) => ({ functionName: 'get-entity', body: { entity, entityId: id } });

interface ObjectPageProps {
  readonly entity: string;
  readonly id: string;
  /** The shown tab: `fields`, `related`, `events`, `operations` or `json`. */
  readonly tab: string;
}

/** The page of one object: its actions, fields, related objects, events and operations. */
export function ObjectPage({ entity, id, tab }: ObjectPageProps) {
  const { entities } = useCatalog();
  const summary = entities.find(({ name }) => name === entity);
  const descriptor = useLoaded(`entity ${entity}`, () => readEntityDescriptor(entity));
  const { data, error, reload } = useLoaded(`object ${entity} ${id}`, () => runFunction(getCall(entity, id)));
  useRememberOpened(entity);
  if (summary === undefined) return <NotFoundPage address={entity} what="entity" />;
  const crumbs = [[entity, hashOf(['entity', entity])]] as const;
  const problem = error ?? descriptor.error;
  if (data === undefined || descriptor.data === undefined)
    return (
      <PageFrame title={id} tab={`${entity} ${id}`} crumbs={crumbs}>
        <LoadState what={id} shape="cards" error={problem} onRetry={reload} />
      </PageFrame>
    );
  if (!isSuccess(data))
    return (
      <PageFrame title={id} tab={`${entity} ${id}`} crumbs={crumbs}>
        <CallError reply={data} />
        <div className="buttons">
          <button type="button" onClick={reload}>
            Load again
          </button>
          <a className="button" href={hashOf(['entity', entity])}>
            All rows of {entity}
          </a>
        </div>
      </PageFrame>
    );
  return <LoadedObject entity={entity} id={id} tab={tab} reply={data} descriptor={descriptor.data} onReload={reload} />;
}

interface LoadedObjectProps extends ObjectPageProps {
  readonly reply: CallReply;
  readonly descriptor: Awaited<ReturnType<typeof readEntityDescriptor>>;
  readonly onReload: () => void;
}

function LoadedObject({ entity, id, tab, reply, descriptor, onReload }: LoadedObjectProps) {
  const row = rowsOfReply(reply)[0] ?? {};
  const { Status: status, Created: created } = row;
  const title = rowTitle(row) || id;
  const refunded = useRefunded(entity, row);
  const renewal = renewalOf(row);
  return (
    <PageFrame
      title={title}
      tab={`${entity} ${id}`}
      crumbs={[[entity, hashOf(['entity', entity])]]}
      lead={
        <>
          <code>{id}</code> <CopyButton text={id} label="Copy id" />{' '}
          {typeof status === 'string' && <StatusBadge status={status} />}{' '}
          {refunded !== undefined && <span className="badge waiting">{refunded}</span>}{' '}
          {renewal !== undefined && <span>renews {fullTime(renewal * 1000)}, </span>}
          {typeof created === 'number' && (
            <>
              created <TimeText value={created} />
            </>
          )}
        </>
      }
      actions={
        <>
          <ObjectActions entity={entity} id={id} row={row} operations={descriptor.operations} />
          <CopyAs call={getCall(entity, id)} />
          <button type="button" className="icon-button" onClick={onReload} aria-label="Load again">
            <Icon name="refresh" />
          </button>
        </>
      }
    >
      <FailureReason row={row} />
      <Authenticate row={row} />
      <ReferrerLinks entity={entity} id={id} />
      <TabProvider
        selectedId={tab}
        setSelectedId={(next) =>
          replaceHash(hashOf(['object', entity, id], { tab: next === 'fields' ? '' : (next ?? '') }))
        }
      >
        <TabList className="tabs" aria-label="Parts of the object">
          <Tab id="fields" className="tab">
            Fields
          </Tab>
          <Tab id="related" className="tab">
            Related
          </Tab>
          <Tab id="events" className="tab">
            Events
          </Tab>
          <Tab id="operations" className="tab">
            Operations
          </Tab>
          <Tab id="json" className="tab">
            JSON
          </Tab>
        </TabList>
        <TabPanel tabId="fields" tabIndex={-1}>
          <ObjectFields row={row} columns={descriptor.columns} />
        </TabPanel>
        <TabPanel tabId="related" tabIndex={-1} unmountOnHide>
          <RelatedObjects entity={entity} id={id} row={row} columns={descriptor.columns} />
        </TabPanel>
        <TabPanel tabId="events" tabIndex={-1} unmountOnHide>
          <ObjectEvents id={id} />
        </TabPanel>
        <TabPanel tabId="operations" tabIndex={-1} unmountOnHide>
          <ObjectOperations id={id} />
        </TabPanel>
        <TabPanel tabId="json" tabIndex={-1} unmountOnHide>
          <Json value={row} label="Row" />
        </TabPanel>
      </TabProvider>
    </PageFrame>
  );
}
