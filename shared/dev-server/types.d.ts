declare module 'functions:all' {
  import type { Request, Response } from '@google-cloud/functions-framework';

  export const handlers: Readonly<Record<string, (request: Request, response: Response) => Promise<void>>>;
}
