import type { EntityDescriptor } from '../../schema/entity.ts';
import { readEntityDescriptor } from '../api/discovery.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { descriptionOf } from '../format/description.ts';
import { countedNoun } from '../format/words.ts';
import { useCatalog } from '../shell/console-context.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { useRememberOpened } from '../shell/recent-entities.ts';
import { hashOf } from '../state/route.ts';
import { Icon } from '../ui/icons.tsx';
import { PageFrame } from '../ui/page.tsx';
import { EmptyState, LoadState } from '../ui/states.tsx';
import { Rows } from './rows.tsx';

/** The page of an entity: its rows, and links to its operations and actions. */
export function EntityPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const { entities } = useCatalog();
  const summary = entities.find((entity) => entity.name === name);
  const { data, error, reload } = useLoaded(`entity ${name}`, () => readEntityDescriptor(name));
  useRememberOpened(name);
  if (summary === undefined) return <NotFoundPage address={name} what="entity" />;
  if (data === undefined)
    return (
      <PageFrame title={name}>
        <LoadState what={name} shape="table" error={error} onRetry={reload} />
      </PageFrame>
    );
  return (
    <PageFrame
      title={name}
      crumbs={[['Browse', '#/browse']]}
      lead={descriptionOf(data)}
      actions={<EntityActions descriptor={data} />}
    >
      {data.operations.includes('List') ? (
        <Rows descriptor={data} params={params} />
      ) : (
        <EmptyState title={`Stripe has no list of ${name}`}>
          <p>Use one of its operations above.</p>
        </EmptyState>
      )}
    </PageFrame>
  );
}

/** Links to the forms of the entity's actions and of its operations except List. */
function EntityActions({ descriptor }: { readonly descriptor: EntityDescriptor }) {
  const { actions } = useCatalog();
  const entityActions = actions.filter(({ entity }) => entity === descriptor.name);
  const others = descriptor.operations.filter((operation) => operation !== 'List' && operation !== 'Create');
  return (
    <>
      {descriptor.operations.includes('Create') && (
        <a className="button primary" href={hashOf(['entity', descriptor.name, 'Create'])}>
          <Icon name="plus" /> Create
        </a>
      )}
      {others.map((operation) => (
        <a key={operation} className="button" href={hashOf(['entity', descriptor.name, operation])}>
          {operation}
        </a>
      ))}
      {entityActions.length > 0 && (
        <details className="more-actions">
          <summary className="button">{countedNoun(entityActions.length, 'action')}</summary>
          <ul className="menu">
            {entityActions.map(({ name, title }) => (
              <li key={name}>
                <a className="menu-item" href={hashOf(['action', name])}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
