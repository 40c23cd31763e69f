import { useState } from 'react';
import { isSuccess, type CallKind, type CallReply, type FunctionCall, type OutputRow } from '../../api/calls.ts';
import { newOperationId } from '../../api/operation-id.ts';
import { movesRealMoney, useConnection } from '../../shell/console-context.tsx';
import { announce } from '../../ui/announcer.tsx';
import type { ConfirmRequest } from '../../ui/confirm.tsx';
import { JSON_EDITOR } from '../json-editor.tsx';
import { newOperationConfirmation, writeConfirmation } from './confirmations.ts';
import { effectOfReply } from '../result/reply-error.ts';
import { buildFormCall, isDestructive, isReadOnly, type FormTarget } from '../target.ts';
import { isUnchanged, validateDraft } from './validate-draft.ts';
import type { CallState } from './use-call.ts';
import type { DraftState } from '../use-form-draft.ts';

interface SendingInput {
  readonly target: FormTarget;
  readonly title: string;
  readonly form: DraftState;
  readonly calls: CallState;
  /** The object that an Update or a Delete changes. Undefined for other calls, and until the object is read. */
  readonly current: OutputRow | undefined;
  readonly jsonProblem: string | undefined;
  readonly onField: (path: string) => void;
}

interface Sending {
  readonly call: FunctionCall;
  /** Whether the call repeats an operation whose outcome is unknown. */
  readonly isRepeat: boolean;
  /** The operationId of a write whose response did not arrive. */
  readonly unconfirmedId: string | undefined;
  /** The error of the last call, until the form is changed. */
  readonly failed: CallReply | undefined;
  readonly confirmation: ConfirmRequest | undefined;
  readonly closeConfirmation: () => void;
  readonly start: (kind: CallKind) => Promise<void>;
}

/**
 * Runs the call of a form. Checks the inputs, and asks for confirmation of risky writes. If the outcome of the last
 * operation is unknown and the form is unchanged, the call repeats this operation.
 */
export function useSending({ target, title, form, calls, current, jsonProblem, onField }: SendingInput): Sending {
  const connection = useConnection();
  const { draft, edited } = form;
  const { entry, run } = calls;
  const [unconfirmedId, setUnconfirmedId] = useState<string>();
  const [confirmation, setConfirmation] = useState<ConfirmRequest>();
  // A repeat with the same operationId resolves an unknown outcome. A new operation may take effect a second time.
  const unknownId =
    entry?.kind === 'run' && effectOfReply(entry.reply) === 'unknown' ? entry.reply.operationId : unconfirmedId;
  const built = buildFormCall(target, draft);
  const isRepeat = unknownId !== undefined && !edited;
  const call = isRepeat ? { ...built, body: { ...built.body, operationId: unknownId } } : built;
  const send = async (kind: CallKind): Promise<void> => {
    form.markSent();
    // The console creates the operationId, so that it can repeat the call if the response is lost.
    const id = kind === 'run' && !isReadOnly(target) ? (call.body['operationId'] ?? newOperationId()) : undefined;
    const sentEntry = await run(kind, id === undefined ? call : { ...call, body: { ...call.body, operationId: id } });
    if (id !== undefined) setUnconfirmedId(sentEntry === undefined ? String(id) : undefined);
    if (kind === 'run' && sentEntry !== undefined && isSuccess(sentEntry.reply)) form.markDone();
  };
  const isComplete = (): boolean => {
    if (jsonProblem !== undefined) {
      announce(`Not sent: the JSON ${jsonProblem}`, 'bad');
      document.getElementById(JSON_EDITOR)?.focus();
      return false;
    }
    const problems = validateDraft(target, draft, form.variant);
    const [first] = problems.keys();
    if (first === undefined && isUnchanged(target, draft)) {
      announce('Not sent: no field is changed', 'bad');
      return false;
    }
    if (first === undefined) return true;
    form.showErrors(problems);
    announce(`Not sent: ${first}`);
    onField(first);
    return false;
  };
  const start = async (kind: CallKind): Promise<void> => {
    if (!isComplete()) return;
    const sendCall = (): void => void send(kind);
    if (kind === 'run' && unknownId !== undefined && edited)
      return setConfirmation(newOperationConfirmation(unknownId, sendCall));
    const needsConfirmation =
      kind === 'run' && !isReadOnly(target) && (movesRealMoney(connection) || isDestructive(target));
    if (!needsConfirmation || isRepeat) return send(kind);
    setConfirmation(await writeConfirmation({ target, title, draft, current, connection }, sendCall));
  };
  return {
    call,
    isRepeat,
    unconfirmedId,
    failed: entry !== undefined && !isSuccess(entry.reply) && !edited ? entry.reply : undefined,
    confirmation,
    closeConfirmation: () => setConfirmation(undefined),
    start,
  };
}
