import { readFileSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';
import type { RecordedExample } from '../../src/http/openapi-document.ts';
import type { Answer, TestService } from './app.ts';
import type { Contract } from './contract.ts';

// biome-ignore lint/suspicious/noExplicitAny: examples are walked as the JSON that they are
type Json = any;

export type Step = Readonly<{
  summary: string;
  status: number;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  token?: string;
  body?: unknown;
  /** Sent instead of `body`; not documented, for it is not text. */
  files?: FormData;
}>;

export type Walk = Readonly<{
  /** Sends a documented example, with what differs from run to run filled in, and checks the answer. */
  say(operationId: string, name: string, step: Step): Promise<Answer>;
  /** Operations and examples that were not sent. */
  finish(): void;
}>;

const file = new URL('../../openapi/examples.json', import.meta.url);
const recording = process.env.RECORD_EXAMPLES === '1';

/** What differs from run to run, by its key; everything else of an example is sent as it is documented. */
const volatile: Readonly<Record<string, string>> = {
  id: '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7',
  personId: '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7',
  submissionId: '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7',
  otherId: '0198c3a1-a210-7c83-8e5d-2b7f0c6d4e19',
  requestId: '0198c3a1-7b1e-4c55-9d0a-3f6f2b8e4d10',
  code: '481516',
  token: 'b3V0IG9mIHRoZSBsaW5rIG9mIGEgbm90aWNlLi4u',
  flowToken: 'Zmxvdy10b2tlbi0yNTYtcmFuZG9tLWJpdHMtYmFzZTY0dXJs',
  accessToken: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
  refreshToken: '0198c3a1-8c77-7b02-a1de-7f3b5c9e0a42.0.cmVmcmVzaC10b2tlbg',
  deviceToken: 'ZGV2aWNlLXRva2VuLTI1Ni1yYW5kb20tYml0cw',
  client_id: '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7',
  grantId: '0198c3a1-9f02-7d41-b6a3-5c1e8f20d9b7',
  request_uri: 'urn:ietf:params:oauth:request_uri:cHVzaGVkLXJlcXVlc3Q',
  continueAt: '{publicUrl}/v1/oauth/authorize/YXV0aG9yaXphdGlvbg?proof=b25lLXRpbWUtc2VjcmV0',
  kid: '2026a-3kq9Zt0vXw1LrB2e',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXkW6pNm8PhhP8gjkSkE',
};
const sampleInstant = '2026-11-22T09:30:00.000Z';
const samplePrintedCode = '4G7K-90QZ-M3TD-8WXE';
const printedCode = /^(\w{4}-){3}\w{4}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Codes of problems, rules and workshops are codes too, but stay what they are. */
function masked(value: Json, key = ''): Json {
  if (Array.isArray(value)) return value.map((item) => masked(item, key));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]));
  }
  if (typeof value !== 'string') return value;
  if (instant.test(value)) return sampleInstant;
  if (key === 'code' && printedCode.test(value)) return samplePrintedCode;
  if (key === 'code' && !/^\d{6}$/.test(value)) return value;
  if (key === 'id' && !/^[0-9a-f]{8}-/.test(value)) return value;
  return volatile[key] ?? value;
}

/** Names, types and nesting of a value; lists by their first item. */
function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .sort()
        .map(([name, item]) => [name, shapeOf(item)]),
    );
  }
  return value === null ? 'null' : typeof value;
}

type Recorded = Record<string, Record<string, RecordedExample>>;

function recordedOf({ summary, status, body }: Step, answer: Answer): RecordedExample {
  const type = answer.headers.get('content-type')?.split(';')[0];
  return {
    summary,
    ...(body !== undefined && { body: masked(body) }),
    status,
    answer:
      type === undefined || answer.text === '' ? null : { type, body: masked(answer.body ?? answer.text) },
  };
}

/** The body of a step as it goes over the wire. */
async function encoded({ body, files }: Step, type: string) {
  if (files) {
    const form = new Response(files);
    const boundary = form.headers.get('content-type') ?? type;
    return { type: boundary, sent: new Uint8Array(await form.arrayBuffer()) };
  }
  if (body === undefined) return { type, sent: null };
  const form = type === 'application/x-www-form-urlencoded';
  return {
    type,
    sent: form ? String(new URLSearchParams(body as Record<string, string>)) : JSON.stringify(body),
  };
}

/**
 * Walks through the documented examples against a service. With `RECORD_EXAMPLES=1` it writes them instead:
 * whatever was sent and answered becomes the documentation.
 */
export function startWalk(t: Test, service: TestService, contract: Contract): Walk {
  const { publicUrl } = service.config;
  const documented: Recorded = JSON.parse(readFileSync(file, 'utf8').replaceAll('{publicUrl}', publicUrl));
  const recorded: Recorded = {};
  return {
    async say(operationId, name, step) {
      const operation = contract.operation(operationId);
      const path = operation.path.replace(/\{(\w+)\}/g, (_hole, key: string) => {
        return encodeURIComponent(step.params?.[key] ?? '');
      });
      const query = step.query ? `?${new URLSearchParams(step.query)}` : '';
      const { type, sent } = await encoded(step, operation.body?.type ?? '');
      const answer = await service.call(operation.method, path + query, {
        ...(step.token !== undefined && { token: step.token }),
        headers: { ...(sent !== null && { 'content-type': type }), ...step.headers },
        ...(sent !== null && { rawBody: sent }),
      });
      const title = `${operationId}, ${name}`;
      t.equal(answer.status, step.status, `${title}: ${answer.text.slice(0, 300)}`);
      t.same(contract.faultsOf(operation, answer), [], `${title}: as documented`);
      if (operation.body && step.body !== undefined && step.status < 300) {
        t.ok(contract.accepts(operation.body.schema, step.body), `${title}: the request is valid`);
      }
      const example = recordedOf(step, answer);
      recorded[operationId] = { ...recorded[operationId], [name]: example };
      if (!recording) {
        const known = documented[operationId]?.[name];
        t.same(example.body, known?.body, `${title}: the documented request was sent`);
        t.same(
          shapeOf(example.answer),
          shapeOf(known?.answer ?? null),
          `${title}: the documented answer came`,
        );
      }
      return answer;
    },
    finish() {
      const sorted = Object.fromEntries(Object.entries(recorded).sort(([a], [b]) => (a < b ? -1 : 1)));
      if (recording && t.passing()) {
        writeFileSync(file, `${JSON.stringify(sorted, null, 2).replaceAll(publicUrl, '{publicUrl}')}\n`);
      }
      const sent = Object.entries(recorded).flatMap(([id, names]) =>
        Object.keys(names).map((name) => `${id}, ${name}`),
      );
      const known = Object.entries(recording ? recorded : documented).flatMap(([id, names]) =>
        Object.keys(names).map((name) => `${id}, ${name}`),
      );
      t.same(
        known.filter((name) => !sent.includes(name)),
        [],
        'every documented example was sent',
      );
      for (const { id } of contract.operations) {
        const succeeded = Object.values(recorded[id] ?? {}).some(({ status }) => status < 400);
        t.ok(succeeded, `${id} has an example of success`);
      }
    },
  };
}
