/** One message for a Pub/Sub topic. */
export interface Message {
  /** UTF-8 text. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Messages of one key arrive in the order of their publishing. */
  readonly orderingKey?: string;
}

/** Where results and events go. */
export interface Publisher {
  /**
   * Resolves once the message is safely with the topic, `projects/P/topics/T`; at least once. Throws a ConnectorError
   * that says whether trying again can help.
   */
  publish(topic: string, message: Message): Promise<void>;
}
