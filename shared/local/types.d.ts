declare module 'functions:all' {
  export const handlers: Readonly<Record<string, import('../serve/http.ts').HttpFunction>>;
}
