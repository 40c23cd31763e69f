import type { Secrets } from '../ports/secrets.ts';

/** The connection's API key: read at first use, kept for the instance, read again once when Stripe rejects it. */
export class ApiKey {
  private reading: Promise<string> | undefined;
  private refreshing: Promise<boolean> | undefined;

  constructor(private readonly secrets: Secrets) {}

  async read(): Promise<string> {
    this.reading ??= this.secrets.read();
    try {
      return await this.reading;
    } catch (error) {
      // A failed read is not kept: the next call may find the secret in order.
      this.reading = undefined;
      throw error;
    }
  }

  /** After Stripe rejected `rejected`: true where another key is there now. Many callers, one read. */
  async refresh(rejected: string): Promise<boolean> {
    if (!this.secrets.rotates) return false;
    if ((await this.read()) !== rejected) return true;
    this.refreshing ??= this.secrets
      .read()
      .then((key) => {
        this.reading = Promise.resolve(key);
        return key !== rejected;
      })
      .finally(() => {
        this.refreshing = undefined;
      });
    return this.refreshing;
  }
}
