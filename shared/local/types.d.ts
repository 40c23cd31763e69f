declare module 'functions:all' {
  import type { HttpFunction } from '../serve/http.ts';
  export const handlers: Readonly<Record<string, HttpFunction>>;
}
