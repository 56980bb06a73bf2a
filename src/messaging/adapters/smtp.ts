import nodemailer from 'nodemailer';
import type { Secret } from '../../kernel/secret.ts';
import type { EmailSender, SendResult } from '../ports.ts';

export type SmtpSettings = Readonly<{
  /** `smtps://user:password@host:465`, or `smtp://…` for STARTTLS, which is then required. */
  url: Secret<string>;
  /** Address, or `Name <address>`. */
  from: string;
  dkimDomain: string;
  dkimSelector: string;
  /** Private key in PEM; `null`: not signed here. */
  dkimKey: Secret<string> | null;
  /** Instead of the public certificate authorities. */
  ca?: string;
}>;

/** As many as messages in delivery at once, so that none waits here for longer than it knows. */
const maxConnections = 200;
const connectTimeoutMs = 4_000;
const answerTimeoutMs = 9_000;

/** Names of people do not occur, so an address needs no quoting; nothing else may look like one or like several. */
const plainAddress = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/;

/** @param host of our own, for the Message-ID */
export function createSmtpSender(settings: SmtpSettings, host: string): EmailSender {
  const url = new URL(settings.url.expose());
  const secure = url.protocol === 'smtps:';
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const { dkimDomain, dkimSelector, dkimKey } = settings;
  const transport = nodemailer.createTransport({
    pool: true,
    host: url.hostname,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    // Passwords and codes do not cross a network in the clear; a relay on this machine may do without.
    requireTLS: !secure && !isLocal,
    ignoreTLS: !secure && isLocal,
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    ...(settings.ca && { tls: { ca: settings.ca } }),
    ...(dkimKey && {
      dkim: { domainName: dkimDomain, keySelector: dkimSelector, privateKey: dkimKey.expose() },
    }),
    maxConnections,
    // A message whose connection broke may have arrived: whether it is repeated is not decided here.
    maxRequeues: 0,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'smtp',
    deduplicates: false,
    async send({ reference, to, subject, text, html }, signal) {
      if (!plainAddress.test(to)) return { kind: 'recipient-refused', reason: 'not-an-address' };
      const messageId = `<${reference}@${host}>`;
      try {
        await transport.sendMail({
          from: settings.from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId,
          headers: { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' },
          signal,
        });
        return { kind: 'sent', providerMessageId: messageId };
      } catch (error) {
        return toSendResult(error as SmtpError);
      }
    },
    async close() {
      transport.close();
    },
  };
}

type SmtpError = Error & {
  code?: string;
  command?: string;
  responseCode?: number;
  originalCode?: string;
  timeoutType?: string;
};

/** What happens before a mail can have been passed on: name, connection, TLS, signing in. */
const earlyCodes = ['EDNS', 'ETLS', 'EPROXY', 'ENOAUTH'];
const earlyTimeouts = ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT'];
const earlyErrors =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|ERR_TLS_.*|ERR_SSL_.*|.*CERT.*)$/;

function toSendResult({
  code = '',
  command = '',
  responseCode,
  originalCode,
  timeoutType,
}: SmtpError): SendResult {
  if (responseCode !== undefined) return toResultOfReply(responseCode, command, code);
  const reason = timeoutType?.toLowerCase().replace('_', '-') ?? originalCode ?? (code || 'connection-error');
  if (code === 'EAUTH') return { kind: 'configuration-wrong', reason };
  const isEarly =
    earlyCodes.includes(code) ||
    earlyTimeouts.includes(timeoutType ?? '') ||
    earlyErrors.test(originalCode ?? '');
  return { kind: isEarly ? 'retry-later' : 'unknown', reason };
}

/** RFC 5321 §4.2.1: 4yz is for now, 5yz is for good; to whom it is said depends on the command. */
function toResultOfReply(reply: number, command: string, code: string): SendResult {
  const reason = `smtp-${reply}`;
  if (reply < 500) return { kind: 'retry-later', reason };
  if (reply === 552 && code === 'EMESSAGE') return { kind: 'configuration-wrong', reason };
  const isAboutRecipient = command === 'RCPT TO' || command === 'DATA';
  return { kind: isAboutRecipient ? 'recipient-refused' : 'configuration-wrong', reason };
}
