import { startTransition, useState } from 'react';

/**
 * State that outlives a reload of the tab, and nothing else: what a flow needs to go on. `sessionStorage` is the tab's own,
 * so that two of them hold two flows.
 */
export function useStored<Value>(key: string): [Value | null, (value: Value | null) => void] {
  const [value, setValue] = useState<Value | null>(() => read(key));
  const store = (next: Value | null) => {
    if (next === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(next));
    // As going to another page is one too: both are seen at once, and no step without what it needs.
    startTransition(() => setValue(next));
  };
  return [value, store];
}

function read<Value>(key: string): Value | null {
  const text = sessionStorage.getItem(key);
  return text === null ? null : (JSON.parse(text) as Value);
}
