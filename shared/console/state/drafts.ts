import { withoutSecrets } from '../format/secrets.ts';
import { createConsoleStore } from './store.ts';

/** The inputs of a form. Drafts are kept in memory while the page is open, without card data and secrets. */
export interface FormDraft {
  readonly entityId: string;
  readonly filterClause: string;
  readonly maxAffected: string;
  readonly operationId: string;
  readonly accountId: string;
  /** The index of the chosen alternative (`anyOf`) of the payload's schema. */
  readonly variant: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const EMPTY_DRAFT: FormDraft = {
  entityId: '',
  filterClause: '',
  maxAffected: '',
  operationId: '',
  accountId: '',
  variant: 0,
  payload: {},
};

const drafts = createConsoleStore<ReadonlyMap<string, FormDraft>>(new Map());

export function storedDraft(key: string): FormDraft | undefined {
  return drafts.get().get(key);
}

export function storeDraft(key: string, draft: FormDraft): void {
  drafts.set((before) => new Map(before).set(key, { ...draft, payload: withoutSecrets(draft.payload) }));
}

export function forgetDraft(key: string): void {
  drafts.set((before) => new Map([...before].filter(([name]) => name !== key)));
}
