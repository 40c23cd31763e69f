import { useMemo, useState } from 'react';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { useConnection, readOnlyReason } from '../shell/console-context.tsx';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { errorsByField } from './field-errors.ts';
import { FieldContextProvider, useFieldFocus } from './fields/field-context.ts';
import { FormButtons } from './form-buttons.tsx';
import { FormInputs } from './form-inputs.tsx';
import { FormSide } from './form-side.tsx';
import { isReadOnly, isUpdate, type FormTarget } from './target.ts';
import { useCall } from './sending/use-call.ts';
import { useCurrent } from './use-current.ts';
import { useFormDraft } from './use-form-draft.ts';
import { useSending } from './sending/use-sending.ts';
import { useMoneySource } from './use-source.ts';

interface CallFormProps {
  readonly target: FormTarget;
  readonly title: string;
  /** Undefined if the call has no payload. */
  readonly schema: JsonSchema | undefined;
  readonly params: URLSearchParams;
}

/** The form of a call: the inputs, the payload as JSON, the buttons, and the result of the last call. */
export function CallForm({ target, title, schema, params }: CallFormProps) {
  const form = useFormDraft(target, schema, params);
  const { draft, variant, validationErrors } = form;
  const calls = useCall();
  const { busy, entry, problem } = calls;
  const [jsonProblem, setJsonProblem] = useState<string>();
  const [focusTarget, goTo] = useFieldFocus();
  const current = useCurrent(target, draft.entityId, entry?.number);
  const source = useMoneySource(draft.payload, entry?.number);
  const sending = useSending({ target, title, form, calls, current, jsonProblem, onField: goTo });
  const { failed, confirmation, start } = sending;
  const errors = useMemo(
    () => (failed === undefined ? validationErrors : errorsByField(failed, variant)),
    [failed, variant, validationErrors],
  );
  const currency = draft.payload['Currency'] ?? current?.['Currency'] ?? source?.row['Currency'];
  const writesReason = readOnlyReason(useConnection());
  const disabledReason = isReadOnly(target) ? undefined : writesReason;
  const context = {
    errors,
    current: isUpdate(target) ? current : undefined,
    currency: typeof currency === 'string' ? currency : undefined,
    focusTarget,
    onGoToField: goTo,
  };
  return (
    <FieldContextProvider value={context}>
      <form
        className="call-form"
        aria-label={title}
        // Enter in an input does not run the call. Ctrl+Enter and the button do.
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !busy && disabledReason === undefined)
            void start('run');
        }}
      >
        <div className="form-main">
          <FormInputs target={target} form={form} current={current} source={source} lastCallNumber={entry?.number} />
          <FormButtons
            {...{ target, title, form, busy, disabledReason }}
            call={sending.call}
            isRepeat={sending.isRepeat}
            onStart={(kind) => void start(kind)}
          />
        </div>
        <FormSide
          {...{ target, form, entry, problem }}
          unconfirmedId={sending.unconfirmedId}
          fields={[...errors.keys()]}
          hasPayload={schema !== undefined}
          onField={goTo}
          onProblem={setJsonProblem}
          onRepeat={() => void start('run')}
        />
      </form>
      {confirmation !== undefined && <ConfirmDialog request={confirmation} onClose={sending.closeConfirmation} />}
    </FieldContextProvider>
  );
}
