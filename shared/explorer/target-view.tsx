import { useEffect, useState } from 'preact/hooks';
import type { Operation } from '../catalog/types.ts';
import type { ActionDescriptor } from '../schema/action.ts';
import type { EntityDescriptor } from '../schema/entity.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { ResultView, type CallResult } from './result/result-view.tsx';
import { readAction, readEntity, run, type About, type Call } from './api.ts';
import { ConfirmLiveWrite } from './form/confirm-live-write.tsx';
import { CallForm } from './form/call-form.tsx';
import { buildCall, EMPTY, reads, type Draft, type CallTarget } from './form/calls.ts';
import { Columns } from './result/columns.tsx';

/** Shows an entity: its columns, and a form for each of its operations. */
export function EntityView({
  name,
  about,
  part,
}: {
  readonly name: string;
  readonly about: About;
  readonly part: string;
}) {
  const facts = useLoaded<EntityDescriptor>(() => readEntity(name), name);
  if (facts === undefined) return <p>...</p>;
  const operation = facts.operations.find((one) => one === part);
  return (
    <>
      <h1>{facts.name}</h1>
      <nav class="tabs">
        {['columns', ...facts.operations].map((one) => (
          <a
            key={one}
            href={`#/entity/${name}/${one}`}
            aria-current={one === (operation ?? 'columns') ? 'page' : undefined}
          >
            {one}
          </a>
        ))}
      </nav>
      {operation === undefined ? (
        <Columns columns={facts.columns} />
      ) : (
        <CallView
          key={`${name}.${operation}`}
          about={about}
          target={{ kind: 'entity', entity: name, operation }}
          title={`${operation} ${name}`}
          byId={facts.byId.includes(operation)}
          schema={readPayload(facts, operation)}
        />
      )}
    </>
  );
}

/** No form if the call has no inputs. */
function readPayload({ payloads }: EntityDescriptor, operation: Operation): JsonSchema | undefined {
  const schema = payloads[operation];
  return schema?.properties !== undefined && Object.keys(schema.properties).length === 0 ? undefined : schema;
}

/** Shows an action with its form and the result. */
export function ActionView({ name, about }: { readonly name: string; readonly about: About }) {
  const facts = useLoaded<ActionDescriptor>(() => readAction(name), name);
  if (facts === undefined) return <p>...</p>;
  return (
    <>
      <h1>{facts.title}</h1>
      <p class="notes">
        an action on <a href={`#/entity/${facts.entity}`}>{facts.entity}</a>
        {facts.readOnly ? '; it reads' : ''}
      </p>
      <CallView
        key={name}
        about={about}
        target={{ kind: 'action', action: name, reads: facts.readOnly }}
        title={facts.title}
        byId={false}
        schema={facts.input}
      />
    </>
  );
}

interface CallViewProps {
  readonly about: About;
  readonly target: CallTarget;
  readonly title: string;
  readonly byId: boolean;
  readonly schema: JsonSchema | undefined;
}

type CallKind = CallResult['kind'];

function CallView({ about, target, title, byId, schema }: CallViewProps) {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [outcome, setOutcome] = useState<CallResult>();
  const name = target.kind === 'action' ? target.action : `${target.operation} ${target.entity}`;
  const real = about.stripe === 'live' || about.stripe === 'unknown';

  const send = async (kind: CallKind, call: Call): Promise<void> => {
    setBusy(true);
    const body = kind === 'run' ? call.body : { ...call.body, [kind]: true };
    const whole = { ...call, body };
    try {
      setOutcome({ kind, call: whole, answer: await run(whole) });
    } finally {
      setBusy(false);
    }
  };
  const start = (kind: CallKind): void => {
    if (kind === 'run' && real && !reads(target)) setAsking(true);
    else void send(kind, buildCall(target, draft));
  };
  /** Repeats the call in the other format. A write uses the same key, so it has one effect. */
  const native = async (): Promise<void> => {
    if (outcome === undefined) return;
    const { operationId } = outcome.answer;
    const body = {
      ...outcome.call.body,
      ...(operationId === undefined ? {} : { operationId }),
      outputFormat: 'native',
    };
    const answer = await run({ ...outcome.call, body });
    setOutcome({ ...outcome, native: answer });
  };
  return (
    <>
      <CallForm
        target={target}
        byId={byId}
        schema={schema}
        draft={draft}
        busy={busy}
        closed={reasonClosed(about, target)}
        onChange={setDraft}
        onRun={start}
      />
      {outcome !== undefined && (
        <ResultView
          outcome={outcome}
          onNative={() => void native()}
          onNextPage={(token) => {
            const { functionName, body } = buildCall(target, draft);
            void send('run', { functionName, body: { ...body, listEntitiesPageToken: token } });
          }}
        />
      )}
      {asking && (
        <ConfirmLiveWrite
          what={title}
          name={name}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false);
            void send('run', buildCall(target, draft));
          }}
        />
      )}
    </>
  );
}

function reasonClosed({ expose, readOnly }: About, target: CallTarget): string | undefined {
  if (expose === 'discovery') return 'the setting expose only permits discovery';
  if (reads(target)) return undefined;
  if (readOnly) return 'the connection is read_only';
  return expose === 'all' ? undefined : 'the setting expose only permits reads';
}

/** Undefined until it is loaded. */
function useLoaded<T>(load: () => Promise<T>, name: string): T | undefined {
  const [loaded, setLoaded] = useState<{ name: string; value: T }>();
  useEffect(() => {
    void load().then((value) => setLoaded({ name, value }));
  }, [name]);
  return loaded?.name === name ? loaded.value : undefined;
}
