import { useState } from 'react';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { EMPTY_DRAFT, forgetDraft, storedDraft, storeDraft, type FormDraft } from '../state/drafts.ts';
import { draftFromParams } from './deep-link.ts';
import { schemaVariants } from './fields/input-kind.ts';
import { isUpdate, targetName, type FormTarget } from './target.ts';

const NO_SCHEMA: JsonSchema = {};

/** The inputs of a form, and the functions that change them. */
export interface DraftState {
  readonly draft: FormDraft;
  /** The alternatives of the payload. */
  readonly variants: readonly JsonSchema[];
  /** The chosen alternative. */
  readonly variant: JsonSchema;
  /** Whether the user changed an input since the last call, or a check kept the form from being sent. */
  readonly edited: boolean;
  /** Problems that kept the form from being sent, by field. */
  readonly validationErrors: ReadonlyMap<string, string>;
  readonly change: (part: Partial<FormDraft>) => void;
  readonly clear: () => void;
  readonly showErrors: (problems: ReadonlyMap<string, string>) => void;
  readonly markSent: () => void;
  /** Forgets the draft after a successful call. The form of an Update then shows the new values of its object. */
  readonly markDone: () => void;
}

/** The draft of one form. It is kept while the console is open in the browser. */
export function useFormDraft(target: FormTarget, schema: JsonSchema | undefined, params: URLSearchParams): DraftState {
  const key = `${targetName(target)}?${params.toString()}`;
  const [draft, setDraft] = useState<FormDraft>(() => storedDraft(key) ?? draftFromParams(params, schema));
  const [edited, setEdited] = useState(false);
  const [validationErrors, setValidationErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const variants = schema === undefined ? [] : schemaVariants(schema);
  const { [draft.variant]: variant = NO_SCHEMA } = variants;
  const change = (part: Partial<FormDraft>): void => {
    const next = { ...draft, ...part };
    setEdited(true);
    setValidationErrors(new Map());
    setDraft(next);
    storeDraft(key, next);
  };
  return {
    draft,
    variants,
    variant,
    edited,
    validationErrors,
    change,
    clear: () => change({ ...EMPTY_DRAFT, entityId: params.get('id') ?? '', filterClause: params.get('filter') ?? '' }),
    showErrors(problems) {
      setEdited(true);
      setValidationErrors(problems);
    },
    markSent: () => setEdited(false),
    markDone() {
      forgetDraft(key);
      if (isUpdate(target) && draft.entityId !== '') setDraft({ ...draft, payload: {} });
    },
  };
}
