import type { Operation } from '../../catalog/types.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { readActionDescriptor, readEntityDescriptor } from '../api/discovery.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { descriptionOf, operationText } from '../format/description.ts';
import { useCatalog } from '../shell/console-context.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { useRememberOpened } from '../shell/recent-entities.ts';
import { hashOf } from '../state/route.ts';
import { PageFrame } from '../ui/page.tsx';
import { LoadState } from '../ui/states.tsx';
import { CallForm } from './call-form.tsx';

interface OperationPageProps {
  readonly entity: string;
  readonly operation: string;
  readonly params: URLSearchParams;
}

/** The form of an operation of an entity. */
export function OperationPage({ entity, operation, params }: OperationPageProps) {
  const { entities } = useCatalog();
  const isOffered = entities.find(({ name }) => name === entity)?.operations.includes(operation) === true;
  const { data, error, reload } = useLoaded(`entity ${entity}`, () => readEntityDescriptor(entity));
  useRememberOpened(entity);
  if (!isOffered) return <NotFoundPage address={`${entity}/${operation}`} what="operation" />;
  const title = `${operation} ${entity}`;
  const crumbs = [[entity, hashOf(['entity', entity])]] as const;
  if (data === undefined)
    return (
      <PageFrame title={title} crumbs={crumbs}>
        <LoadState what={title} shape="form" error={error} onRetry={reload} />
      </PageFrame>
    );
  const name = operation as Operation;
  return (
    <PageFrame title={title} crumbs={crumbs} lead={operationText(data, name)}>
      <CallForm
        target={{ kind: 'entity', entity, operation: name, byId: data.byId.includes(name) }}
        title={title}
        schema={withInputs(data.payloads[name])}
        params={params}
      />
    </PageFrame>
  );
}

/** The schema of a payload. Undefined if the payload has no inputs. */
function withInputs(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.properties !== undefined && Object.keys(schema.properties).length === 0 ? undefined : schema;
}

/** The form of an action. */
export function ActionPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const { actions } = useCatalog();
  const summary = actions.find((action) => action.name === name);
  const { data, error, reload } = useLoaded(`action ${name}`, () => readActionDescriptor(name));
  if (summary === undefined) return <NotFoundPage address={name} what="action" />;
  const { title, entity, readOnly } = summary;
  return (
    <PageFrame
      title={title}
      crumbs={[[entity, hashOf(['entity', entity])]]}
      lead={[descriptionOf(summary), readOnly ? 'It only reads.' : undefined].filter(Boolean).join(' ') || undefined}
    >
      {data === undefined ? (
        <LoadState what={title} shape="form" error={error} onRetry={reload} />
      ) : (
        <CallForm
          target={{ kind: 'action', action: name, entity, readOnly }}
          title={title}
          schema={data.input}
          params={params}
        />
      )}
    </PageFrame>
  );
}
