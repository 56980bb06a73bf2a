import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { locales } from '../kernel/locale.ts';
import { commonProblems } from '../kernel/problem.ts';
import { problemType } from './problems.ts';

const detail = {
  fa: 'درخواست ناقص یا نادرست است؛ دوباره تلاش کنید.',
  en: 'The request is incomplete or not well-formed; try again.',
};

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Answers what is no request yet, and so passes none of the routes' hooks: a problem like any other, in every language,
 * for nobody has said which one is read. Its address stands relative to the one that was asked.
 */
export function refuseUnreadable(log: FastifyBaseLogger, err: Error & { code?: string }, socket: Socket) {
  // After a reset there is nobody left to be told.
  if (err.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses[err.code ?? ''] ?? commonProblems.malformedRequest.status;
  const { code, title } = commonProblems.malformedRequest;
  const requestId = randomUUID();
  const inAll = (text: typeof detail) => locales.map((locale) => text[locale]).join(' · ');
  log.debug({ err, reqId: requestId, status }, 'a request could not be read');
  const problem = {
    type: `/problems/${code}`,
    code,
    title: inAll(title),
    status,
    detail: inAll(detail),
    requestId,
  };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Content-Type: ${problemType}; charset=utf-8`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(err);
}
