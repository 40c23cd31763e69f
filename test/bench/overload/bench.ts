/** `npm run bench -- overload`: a thousand writes at once on one instance that may do twelve a second. */
import { startFirestore } from '../../emulator/firestore.ts';
import { overload, storeCallsPerRejected, withStatus } from '../../emulator/overload.ts';
import { atMost, type Figure } from '../figure.ts';

const CALLERS = 1000;
const MAX_WAIT_MS = 5000;

async function main(): Promise<void> {
  const emulator = await startFirestore();
  try {
    const figures: Figure[] = [];
    for (const warm of [true, false]) {
      const ran = await overload(emulator.host, { callers: CALLERS, maxWaitMs: MAX_WAIT_MS, warm });
      const [served, rejected] = [withStatus(ran, 200), withStatus(ran, 429)];
      const name = `overload: ${CALLERS} writes at once, ${warm ? 'warm' : 'cold'}`;
      const note = `${served} served, ${rejected} rejected, ${ran.storeCalls} store calls`;
      figures.push(
        atMost(`${name}, answers other than 200 and 429`, CALLERS - served - rejected, 0, note),
        atMost(`${name}, last answer in ms`, ran.slowestMs, MAX_WAIT_MS + 500),
        atMost(`${name}, store calls per rejected call`, storeCallsPerRejected(ran), 0.05),
      );
    }
    for (const figure of figures) process.send?.(figure);
    process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await emulator.stop();
    process.disconnect();
  }
}

void main();
