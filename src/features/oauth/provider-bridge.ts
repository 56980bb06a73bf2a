import { AsyncLocalStorage } from 'node:async_hooks';
import inject from 'light-my-request';
import type Provider from 'oidc-provider';

export type ProviderCall = Readonly<{
  method: 'GET' | 'POST';
  /** Path and query. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  form?: ReadonlyMap<string, string>;
}>;

export type ProviderAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, number | string | string[] | undefined>>;
  text: string;
}>;

export type ProviderBridge = (call: ProviderCall) => Promise<ProviderAnswer>;

/**
 * Asks the provider as if over HTTP, so that it stays behind our own limits, parsers, log and headers: it sees the headers
 * that it is given and no others, and the public URL as its address, whatever `Host` says. What goes wrong inside is thrown.
 */
export function createBridge(provider: Provider, publicUrl: string): ProviderBridge {
  const { protocol, host } = new URL(publicUrl);
  const failures = new AsyncLocalStorage<{ cause?: unknown }>();
  const keep = (cause: unknown): void => {
    const store = failures.getStore();
    if (store) store.cause ??= cause;
  };
  provider.on('server_error', (_context, error) => keep(error));
  // Of Koa, which the provider is; without a listener it would print them.
  (provider as NodeJS.EventEmitter).on('error', keep);
  // Those two headers are set here and nowhere else.
  provider.proxy = true;
  const handle = provider.callback();
  return ({ method, url, headers, form }) =>
    failures.run({}, async () => {
      const {
        statusCode,
        headers: answered,
        payload,
      } = await inject(handle, {
        method,
        url,
        headers: {
          ...headers,
          'x-forwarded-host': host,
          'x-forwarded-proto': protocol.slice(0, -1),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(form && { payload: new URLSearchParams([...form]).toString() }),
      });
      const store = failures.getStore();
      if (store && 'cause' in store) throw store.cause;
      return { status: statusCode, headers: answered, text: payload };
    });
}
