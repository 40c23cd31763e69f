import { isSuccess, rowsOfReply, runFunction, type OutputRow } from '../../api/calls.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { formatMoney } from '../../format/money.ts';
import { useOffer } from '../../shell/offer.tsx';

/**
 * What is left of a payment after its refunds: `$5.00 refunded, $10.00 left`. The charge of a PaymentIntent has the
 * amount, so this is one request to Stripe. Undefined without a refund.
 */
export function useRefunded(entity: string, row: OutputRow | undefined, round = 0): string | undefined {
  const { entities } = useOffer();
  const { LatestCharge: latest, Status: status, Currency: currency } = row ?? {};
  const readable = entities.some(({ name, operations }) => name === 'Charge' && operations.includes('Get'));
  const wanted = entity === 'PaymentIntent' && status === 'succeeded' && typeof latest === 'string' && readable;
  const { data } = useLoaded(wanted ? `refunded ${latest} ${round}` : '', async () => {
    if (!wanted) return undefined;
    const reply = await runFunction({ functionName: 'get-entity', body: { entity: 'Charge', entityId: latest } });
    return isSuccess(reply) ? rowsOfReply(reply)[0] : undefined;
  });
  const {
    AmountRefunded: refunded,
    AmountCaptured: captured,
    Amount: amount,
  } = data ?? (entity === 'Charge' ? row : {}) ?? {};
  const whole = typeof captured === 'number' ? captured : amount;
  if (typeof refunded !== 'number' || refunded === 0 || typeof whole !== 'number' || typeof currency !== 'string')
    return undefined;
  return `${formatMoney(refunded, currency)} refunded, ${formatMoney(whole - refunded, currency)} left`;
}
