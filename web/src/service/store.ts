import { useSyncExternalStore } from 'react';

/** One value that components look at, and that others change. */
export type Store<Value> = Readonly<{
  get(): Value;
  set(value: Value): void;
  /** Renders anew when it changes. */
  use(): Value;
}>;

export function createStore<Value>(first: Value): Store<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
