import { inspect } from 'node:util';

/** Wraps key material so that it cannot reach a log, an error text or JSON by accident. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The only way out; every call is a place to review. */
  expose(): T {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** A named key. Keys are listed newest first: the first one issues, all of them verify. */
export type NamedKey = Readonly<{ id: string; key: Secret<Uint8Array> }>;
