import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import t from 'tap';
import { Secret } from '../../src/kernel/secret.ts';
import { startTracing } from '../../src/operations/tracing.ts';

type Attribute = Readonly<{ key: string; value: Readonly<Record<string, string | number>> }>;
type Span = Readonly<{
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: readonly Attribute[];
  status: Readonly<{ code: number; message?: string }>;
}>;

/** https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const statusError = 2;

/** A collector of OTLP/HTTP with JSON: what arrives, as it is. */
const bodies: string[] = [];
const keys: (string | string[] | undefined)[] = [];
const collector = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.method === 'POST' && request.url === '/v1/traces') bodies.push(body);
    keys.push(request.headers['x-key']);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
t.teardown(() => collector.close());

const stop = startTracing({
  endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  headers: new Secret({ 'x-key': 'of the collector' }),
  serviceName: 'savabegh-test',
  share: 1,
});
// Only now: what is traced is instrumented while it loads.
const { startTestService } = await import('../support/app.ts');
const journey = await import('../support/journey.ts');

const value = ({ attributes }: Span, name: string) =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];

t.test('traces of a whole run reach the collector, and nothing secret or personal with them', async (t) => {
  const service = await startTestService(t, {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', TRUSTED_PROXIES: '127.0.0.1' },
  });
  const headers = {
    'user-agent': 'canary-agent',
    'x-forwarded-for': '203.0.113.77',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const person = await journey.signUp(service);
  const signedIn = await journey.signIn(service, person);
  const { accessToken, refreshToken } = signedIn.body;
  await journey.signIn(service, person, 'Wrong7Words');
  await service.get('/v1/me/insurance-records/summary', { token: accessToken, headers });
  const refreshed = await service.post('/v1/sessions/refresh', { refreshToken });
  const flow = await journey.challengedRecovery(service, person);
  await service.post(`/v1/recoveries/${flow.id}/verification`, { code: flow.code }, { token: flow.token });
  await journey.setRecoveredPassword(service, flow, journey.otherPassword);
  await service.get('/canary-path/1?canary-query=1', { headers });
  await service.get('/readyz');
  // A statement that fails, with an exception that says more than it should.
  await sql`alter table activity rename to canary_table`.execute(service.db);
  await journey.signIn(service, person, journey.otherPassword);
  await service.app.close();
  await stop();

  const payload = bodies.join('\n');
  const spans: Span[] = bodies.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
  t.ok(keys.length > 0 && keys.every((key) => key === 'of the collector'));
  t.match(payload, 'savabegh-test');

  const signIn = spans.find(
    (span) => value(span, 'savabegh.request_id') === signedIn.headers.get('request-id'),
  );
  t.equal(signIn?.name, 'POST /v1/sessions');
  t.equal(signIn && value(signIn, 'http.response.status_code'), 201);
  const statements = spans.filter(({ parentSpanId }) => parentSpanId === signIn?.spanId);
  t.ok(
    statements.some((span) => String(value(span, 'db.query.text')).includes('$1')),
    'with its statements',
  );
  t.ok(spans.some(({ name }) => name === 'GET unmatched'));
  t.notOk(
    spans.some(({ name }) => /readyz/.test(name)),
    'probes are not traced',
  );
  const failed = spans.filter(({ name, status }) => name === 'insert' && status.code === statusError);
  t.ok(failed.length > 0, 'statements that failed are marked');

  const hidden = {
    password: journey.goodPassword,
    'new password': journey.otherPassword,
    'national code': person.nationalCode,
    mobile: person.mobile.slice(1),
    'birth date': person.birthDate,
    code: flow.code,
    'flow token': flow.token,
    'flow id': flow.id,
    'access token': accessToken,
    'refresh token': refreshToken,
    'next refresh token': refreshed.body.refreshToken,
    'address of a client': '203.0.113.77',
    'address of a socket': '127.0.0.1',
    'anything of a path, a query or a header': 'canary-',
    'message of an exception': 'does not exist',
    'name of the server': 'localhost',
    'trace id of a client': '0af7651916cd43dd8448eb211c80319c',
  };
  for (const [name, secret] of Object.entries(hidden)) {
    t.ok(secret.length >= 6, name);
    t.notOk(payload.includes(secret), `no ${name}`);
  }
});
