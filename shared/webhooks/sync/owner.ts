import { eventId } from '../../http/cloud-event.ts';
import { resourceNameOf, type Connector } from '../../operations/connector.ts';

/** The owner of a destination at Stripe. Several Google Cloud projects may have destinations in one Stripe account. */
export interface DestinationOwner {
  /** The mark of this connection. Without `adopt`, a destination with another mark or with none is never changed. */
  readonly mark: string;
  /**
   * Marks that earlier versions or settings of this connection set. `adopt` takes over a destination with such a mark.
   */
  readonly formerMarks: readonly string[];
}

/**
 * Returns the mark of this connection, and the marks that it may have used before. The mark is the resource name. On a
 * developer's machine without a project it contains a hash of `webhook_url` instead, because connections on two
 * machines may have the same name.
 */
export function ownerOf(connector: Connector): DestinationOwner {
  const { name, webhookUrl = '' } = connector.settings;
  const local = `local/connections/${name}/${eventId('webhook_url', webhookUrl)}`;
  // The first versions used the name alone as the mark.
  return connector.project === undefined
    ? { mark: local, formerMarks: [name] }
    : { mark: resourceNameOf(connector), formerMarks: [name, local] };
}
