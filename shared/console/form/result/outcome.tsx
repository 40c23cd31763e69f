import { Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useState } from 'react';
import { rowsOfReply, runFunction, type CallReply, type OutputRow } from '../../api/calls.ts';
import type { HistoryEntry } from '../../state/history.ts';
import { Json } from '../../ui/code.tsx';
import { NameText, Value } from '../../ui/value.tsx';
import type { FormTarget } from '../target.ts';
import { NextSteps } from './next-steps.tsx';

interface OutcomeProps {
  readonly entry: HistoryEntry;
  readonly target: FormTarget;
}

/** The result of a successful call: its fields, its JSON, Stripe's JSON, and the next steps with its object. */
export function Outcome({ entry, target }: OutcomeProps) {
  const { reply, call } = entry;
  const rows = rowsOfReply(reply);
  const row: OutputRow = rows[0] ?? {};
  const id = row['Id'] ?? row['id'] ?? call.body['entityId'];
  const isDeleted = call.functionName === 'delete-entity';
  const [native, setNative] = useState<CallReply>();
  const readNative = async (): Promise<void> => {
    if (native !== undefined) return;
    // A write is repeated with its operationId: the connector returns the recorded result, without a second effect.
    const { operationId } = reply;
    const body = { ...call.body, operationId, outputFormat: 'native' };
    setNative(await runFunction({ ...call, body }));
  };
  const filled = Object.entries(row).filter(([, value]) => value !== null && value !== '');
  return (
    <>
      {typeof id === 'string' && !isDeleted && <NextSteps entity={target.entity} id={id} />}
      {isDeleted && <p>It was deleted.</p>}
      <TabProvider defaultSelectedId="fields">
        <TabList className="tabs" aria-label="Result as">
          <Tab id="fields" className="tab">
            Fields
          </Tab>
          <Tab id="json" className="tab">
            JSON
          </Tab>
          <Tab id="native" className="tab" onClick={() => void readNative()}>
            Stripe's JSON
          </Tab>
        </TabList>
        <TabPanel tabId="fields" tabIndex={-1}>
          {filled.length === 0 && <p className="muted">The response has no fields.</p>}
          <dl className="facts-list">
            {filled.map(([name, value]) => (
              <div key={name}>
                <dt>
                  <NameText text={name} />
                </dt>
                <dd>
                  <Value name={name} value={value} reference={name === 'Id' ? target.entity : undefined} />
                </dd>
              </div>
            ))}
          </dl>
        </TabPanel>
        <TabPanel tabId="json" tabIndex={-1}>
          <Json value={reply.body} label="Response" />
        </TabPanel>
        <TabPanel tabId="native" tabIndex={-1}>
          {native === undefined ? (
            <p className="muted">Reading</p>
          ) : (
            <Json value={native.body} label="Response in Stripe's format" />
          )}
        </TabPanel>
      </TabProvider>
    </>
  );
}
