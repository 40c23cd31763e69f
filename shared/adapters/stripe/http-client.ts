import type StripeSdk from 'stripe';

/** The SDK's own interface of what sends its requests. */
export type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof StripeSdk>[1]>['httpClient']>;
/** And of an answer whose head is there. */
export type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;
