import http from 'node:http';
import https from 'node:https';
import type { SendResult } from '../ports.ts';

const maxResponseBytes = 64 * 1024;
/** Below the idle limits that servers commonly have, so that no request meets a socket that is just closing. */
const idleSocketMs = 4_000;

export type HttpRequest = Readonly<{
  method: 'GET' | 'POST';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
}>;

/** `json` is `undefined` where the answer is not JSON. */
export type HttpResponse = Readonly<{ status: number; json: unknown }>;

/** Either an answer, or what its absence means for a message. */
export type HttpOutcome = HttpResponse | Readonly<{ result: SendResult }>;

/**
 * HTTP for adapters. What matters is told apart exactly: a request that never left (no such host, refused,
 * no TLS) may be made elsewhere; one that left without an answer may not. Redirects are not followed, for
 * they would carry the key elsewhere. Failures are reported by code only: URLs and headers hold keys.
 */
export type HttpClient = Readonly<{
  request(request: HttpRequest): Promise<HttpOutcome>;
  close(): Promise<void>;
}>;

export function createHttpClient(): HttpClient {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: idleSocketMs, scheduling: 'lifo' }),
    'https:': new https.Agent({ keepAlive: true, timeout: idleSocketMs, scheduling: 'lifo' }),
  };
  return {
    request(request) {
      const url = new URL(request.url);
      const secure = url.protocol === 'https:';
      return exchange((secure ? https : http).request, url, agents[secure ? 'https:' : 'http:'], request);
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function exchange(
  open: typeof http.request,
  url: URL,
  agent: http.Agent,
  { method, headers, body, signal }: HttpRequest,
): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let left = false;
    const request = open(url, {
      method,
      agent,
      signal,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    const fail = (error: NodeJS.ErrnoException) => {
      const reason = signal.aborted ? 'timeout' : (error.code ?? 'connection-error');
      resolve({ result: { kind: left ? 'unknown' : 'retry-later', reason } });
    };
    request.on('error', fail);
    request.on('socket', (socket) => {
      // From here on the provider may have seen the request, even if writing it fails.
      const leave = () => {
        left = true;
      };
      if (request.reusedSocket) leave();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', leave);
    });
    request.on('response', (response) => {
      readBody(response).then(resolve, fail);
    });
    request.end(body);
  });
}

async function readBody(response: http.IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxResponseBytes) {
      throw Object.assign(new Error('answer too large'), { code: 'answer-too-large' });
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, json: parseJson(Buffer.concat(chunks).toString('utf8')) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What an answer means whose body says nothing that we understand. Gateways answer 502 and 504, and broken
 * providers 500, also after they have passed a message on.
 */
export function toResultOfStatus(status: number): SendResult {
  const reason = `http-${status}`;
  if (status === 429 || status === 503) return { kind: 'retry-later', reason };
  // A redirect that is not followed, or a request that was turned away.
  if (status >= 300 && status < 500) return { kind: 'configuration-wrong', reason };
  return { kind: 'unknown', reason: status < 300 ? 'malformed-answer' : reason };
}
