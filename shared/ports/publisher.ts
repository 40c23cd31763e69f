/** One message for a Pub/Sub topic. */
export interface Message {
  /** UTF-8 text. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Pub/Sub delivers messages with the same key in the order of publishing. */
  readonly orderingKey?: string | undefined;
}

/** Publishes messages to Pub/Sub. */
export interface Publisher {
  /**
   * Resolves once the topic `projects/P/topics/T` has stored the message. A retry may store it twice.
   *
   * @throws ConnectorError whose `retryable` says whether a retry can succeed
   */
  publish(topic: string, message: Message): Promise<void>;
}
