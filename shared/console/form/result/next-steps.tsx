import { isSuccess, rowsOfReply, runFunction } from '../../api/calls.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { actionsFor, shortTitle } from '../../object/actions/action-states.ts';
import { Authenticate } from '../../object/actions/authenticate.tsx';
import { nextForms } from '../../object/actions/next-forms.ts';
import { useCatalog } from '../../shell/console-context.tsx';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { IdLink } from '../../ui/value.tsx';

/** The object after a call, with its current status and links to the calls that can follow. */
export function NextSteps({ entity, id }: { readonly entity: string; readonly id: string }) {
  const { entities, actions } = useCatalog();
  const canRead = entities.some(({ name, operations }) => name === entity && operations.includes('Get'));
  const { data } = useLoaded(`after ${entity} ${id}`, async () => {
    if (!canRead) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity, entityId: id } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  const status = data?.['Status'];
  const next = [
    ...(data === undefined ? [] : nextForms(entity, id, data, entities)),
    ...actionsFor(entity, data, actions)
      .filter(({ available }) => available)
      .map(({ action }) => ({
        text: shortTitle(action.title, entity),
        hash: hashOf(['action', action.name], { id }),
      })),
  ].slice(0, 6);
  return (
    <div className="next">
      <p>
        <IdLink id={id} entity={entity} /> {typeof status === 'string' && <StatusBadge status={status} />}
      </p>
      <Authenticate row={data} />
      {next.length > 0 && (
        <ul className="chips" aria-label="What can follow">
          {next.map(({ text, hash }) => (
            <li key={hash}>
              <a className="chip" href={hash}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
