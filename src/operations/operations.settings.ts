import { Secret } from '../kernel/secret.ts';
import { asInteger, asList, asServiceUrl, asText, secretly } from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';

/** Where operators look at metrics and health, apart from the public port. */
export type OperationsAddress = Readonly<{ host: string; port: number }>;

/** Where traces go, in the names that OpenTelemetry has for its settings. */
export type TraceSettings = Readonly<{
  /** Base URL of an OTLP/HTTP collector. */
  endpoint: string;
  headers: Secret<Readonly<Record<string, string>>> | null;
  serviceName: string;
  /** Of the requests, from 0 to 1. */
  share: number;
}>;

const asHeaders = secretly((text) => {
  const headers = asList(text).map((item) => {
    const match = /^([\w-]+)=(.+)$/.exec(item);
    if (!match?.[1] || !match[2]) throw new Error('must be a list like name=value,name=value');
    return [match[1], match[2]] as const;
  });
  return new Secret<Readonly<Record<string, string>>>(Object.fromEntries(headers));
});

function asShare(text: string): number {
  if (!/^(0(\.\d+)?|1(\.0+)?)$/.test(text)) throw new Error('must be a number from 0 to 1');
  return Number(text);
}

/** `null`: nowhere. */
export function readOperationsAddress(reader: SettingsReader): OperationsAddress | null {
  const port = reader.read<number | null>({
    name: 'OPERATIONS_PORT',
    describe: 'port of `/metrics` and `/health` for operators, never to be reached from outside',
    parse: asInteger(0, 65535),
    fallback: null,
    otherwise: 'not served',
  });
  const host = reader.read({
    name: 'OPERATIONS_HOST',
    describe: 'address of that port',
    parse: asText,
    fallback: '127.0.0.1',
  });
  return port === null ? null : { host, port };
}

/** `null`: nothing is traced. */
export function readTraceSettings(reader: SettingsReader, production: boolean): TraceSettings | null {
  const headers = reader.read<TraceSettings['headers']>({
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    describe: 'headers that the collector wants, `name=value,…`; only with https in production',
    parse: asHeaders,
    fallback: null,
  });
  const endpoint = reader.read({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    describe: 'collector that gets traces of requests by OTLP/HTTP, like `http://127.0.0.1:4318`',
    // A collector in the same cluster rarely speaks TLS, nor does it ask who sends.
    parse: asServiceUrl(production && headers !== null),
    fallback: '',
    otherwise: 'no traces',
  });
  const serviceName = reader.read({
    name: 'OTEL_SERVICE_NAME',
    describe: 'name of the service in traces',
    parse: asText,
    fallback: 'savabegh',
  });
  const share = reader.read({
    name: 'OTEL_TRACES_SAMPLER_ARG',
    describe: 'share of the requests that are traced, from 0 to 1',
    parse: asShare,
    fallback: 1,
  });
  return endpoint ? { endpoint, headers, serviceName, share } : null;
}
