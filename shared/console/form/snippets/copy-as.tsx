import { Dialog, DialogDismiss, DialogHeading, Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useState } from 'react';
import { newOperationId } from '../../api/operation-id.ts';
import type { FunctionCall } from '../../api/calls.ts';
import { useConnection } from '../../shell/console-context.tsx';
import { callName } from '../../state/history.ts';
import { CodeBlock } from '../../ui/code.tsx';
import { clientSnippet } from './client.ts';
import { INTEGRATION_NOTE, integrationSnippet, workflowSnippet } from './cloud.ts';
import { commandSnippet, curlSnippet, deployedCurlSnippet } from './shell.ts';

/** A button that opens a dialog with the code of a call for several programs, to copy. */
export function CopyAs({ call, disabled = false }: { readonly call: FunctionCall; readonly disabled?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => setOpen(true)}>
        Copy as
      </button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} className="dialog wide" backdrop={<div className="backdrop" />}>
          <DialogHeading className="dialog-title">Copy as</DialogHeading>
          <Snippets call={call} />
          <div className="buttons end">
            <DialogDismiss className="button">Close</DialogDismiss>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Snippets({ call: originalCall }: { readonly call: FunctionCall }) {
  const { local } = useConnection();
  const [id] = useState(newOperationId);
  const writes = !/^(list|get)-/.test(originalCall.functionName) && originalCall.body['operationId'] === undefined;
  const [withId, setWithId] = useState(writes);
  const call = withId ? { ...originalCall, body: { ...originalCall.body, operationId: id } } : originalCall;
  const base = location.origin;
  const snippets: readonly (readonly [name: string, text: string, note?: string])[] = [
    ...(local ? [['curl', curlSnippet(call, base)] as const] : []),
    ['curl, deployed', deployedCurlSnippet(call)],
    ['Typed client', clientSnippet(call, local ? base : 'https://BASE')],
    ['Command', commandSnippet(call, callName(call), local ? base : undefined)],
    ['Workflows', workflowSnippet(call)],
    ['Application Integration', integrationSnippet(call), INTEGRATION_NOTE],
    ['Request body', JSON.stringify(call.body, undefined, 2)],
  ];
  return (
    <>
      {writes && (
        <label className="check">
          <input type="checkbox" checked={withId} onChange={(event) => setWithId(event.target.checked)} /> With an
          operationId: sent twice, it takes effect once
        </label>
      )}
      <TabProvider defaultSelectedId={snippets[0]?.[0] ?? null}>
        <TabList className="tabs wrapped" aria-label="Form of the call">
          {snippets.map(([name]) => (
            <Tab key={name} id={name} className="tab">
              {name}
            </Tab>
          ))}
        </TabList>
        {snippets.map(([name, text, note]) => (
          <TabPanel key={name} tabId={name} tabIndex={-1}>
            {note !== undefined && <p>{note}</p>}
            <CodeBlock text={text} label={name} />
          </TabPanel>
        ))}
      </TabProvider>
    </>
  );
}
