import http from 'node:http';
import https from 'node:https';

export type HttpRequest = Readonly<{
  method: 'GET' | 'POST';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Until when to wait for the whole response. */
  signal: AbortSignal;
  /** A response that is longer is none. */
  maxResponseBytes?: number;
  /** What a status other than 2xx comes with is read too; else it is hung up on at once. */
  readsErrorBodies?: boolean;
}>;

export type HttpResponse = Readonly<{ status: number; body: Buffer }>;

export type HttpFailure = Readonly<{
  /** A code: of Node.js or TLS, `timeout` or `response-too-large`. URLs and headers hold keys, and stay out of it. */
  failure: string;
  /** Whether the other side may have seen the request: one that never left may be made elsewhere. */
  hasLeft: boolean;
}>;

/**
 * HTTP to others. Told apart exactly: what was answered, what left and was not answered, and what never left (no such
 * host, refused, no TLS). Redirects are not followed: they would carry the key elsewhere.
 */
export type HttpClient = Readonly<{
  /** Does not throw. */
  request(request: HttpRequest): Promise<HttpResponse | HttpFailure>;
  /** Ends the connections that are kept for the next request; those alone keep no process running. */
  close(): void;
}>;

export type Agents = Readonly<{ http: http.Agent; https: https.Agent }>;

const defaultMaxResponseBytes = 64 * 1024;
/** Below the idle limits that servers commonly have, so that no request meets a socket that is just closing. */
const idleSocketMs = 4_000;

function createAgents(): Agents {
  const options = { keepAlive: true, timeout: idleSocketMs, scheduling: 'lifo' } as const;
  return { http: new http.Agent(options), https: new https.Agent(options) };
}

/** @param agents other than its own where a proxy is in between, or certificates of one's own are trusted */
export function createHttpClient(agents: Agents = createAgents()): HttpClient {
  return {
    request: (request) => exchange(agents, request),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function exchange(agents: Agents, request: HttpRequest): Promise<HttpResponse | HttpFailure> {
  return new Promise((resolve) => {
    const { signal } = request;
    let hasLeft = false;
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ failure: signal.aborted ? 'timeout' : (error.code ?? 'connection-error'), hasLeft });
    try {
      const outgoing = open(agents, request);
      outgoing.on('error', fail);
      outgoing.on('socket', (socket) => {
        // From here on the other side may have seen the request, even if writing it fails.
        const leave = () => {
          hasLeft = true;
        };
        if (outgoing.reusedSocket) leave();
        else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', leave);
      });
      outgoing.on('response', (response) => {
        readResponse(response, request).then(resolve, fail);
      });
      outgoing.end(request.body);
    } catch (error) {
      // What cannot be a request at all: a header or URL with characters that none may have.
      fail(error as NodeJS.ErrnoException);
    }
  });
}

function open(agents: Agents, { method, url, headers, body, signal }: HttpRequest): http.ClientRequest {
  const target = new URL(url);
  const [protocol, agent] =
    target.protocol === 'https:' ? ([https, agents.https] as const) : ([http, agents.http] as const);
  return protocol.request(target, {
    method,
    agent,
    signal,
    headers: {
      accept: 'application/json',
      'user-agent': 'savabegh',
      ...headers,
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    },
  });
}

async function readResponse(
  response: http.IncomingMessage,
  { maxResponseBytes = defaultMaxResponseBytes, readsErrorBodies = false }: HttpRequest,
): Promise<HttpResponse> {
  const { statusCode: status = 0 } = response;
  if (!readsErrorBodies && !(status >= 200 && status < 300)) {
    response.destroy();
    return { status, body: Buffer.alloc(0) };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxResponseBytes) {
      throw Object.assign(new Error('response too large'), { code: 'response-too-large' });
    }
    chunks.push(chunk);
  }
  return { status, body: Buffer.concat(chunks) };
}

/** A body as JSON; `undefined` where it is none. */
export function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
