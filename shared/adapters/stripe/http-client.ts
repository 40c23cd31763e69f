import type StripeSdk from 'stripe';

/** The SDK's interface for an HTTP client. */
export type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof StripeSdk>[1]>['httpClient']>;
/** The SDK's interface for a response whose headers have arrived. */
export type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;
