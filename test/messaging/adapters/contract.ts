import { basename } from 'node:path';
import type { Test } from 'tap';
import type {
  EmailMessage,
  MessageWith,
  Sender,
  SendResult,
  SmsMessage,
} from '../../../src/messaging/ports.ts';
import { createProviderChain } from '../../../src/messaging/providers.ts';
import { json, reactions, type startHttpServer } from '../http-server.ts';

export const smsMessage: SmsMessage = {
  reference: '0198a1b2-0000-7000-8000-00000000002a',
  to: '+989121234567',
  purpose: 'recovery-code',
  locale: 'fa',
  text: 'کد محرمانهٔ بازیابی سوابق: 604831\n@savabegh.example #604831',
  code: '604831',
  parameters: { code: '604831' },
};

export const emailMessage: EmailMessage = {
  reference: '0198a1b2-0000-7000-8000-00000000002b',
  to: 'zahra@savabegh.example',
  subject: 'کد بازیابی گذرواژهٔ سوابق',
  text: 'کد بازیابی:\n\n604831\n',
  html: '<p dir="rtl">604831</p>',
};

/** A message for each form of text. */
export const messages: MessageWith = { sms: smsMessage, email: emailMessage };

type Kind = SendResult['kind'];

/** A provider's side on this machine, as the contract needs it. */
export type Double<Message> = Readonly<{
  sender: Sender<Message>;
  message: Message;
  /** Takes the next messages; says which id it gives them (`undefined`: whatever). */
  accept(): string | undefined;
  /** What the provider can answer with, and what it has to come out as. */
  answers: readonly Readonly<{ name: string; arrange(): void; kind: Kind }>[];
  hang(): void;
  /** Takes the message and breaks the connection off without an answer. */
  breakOff(): void;
  /** Accepts after so many milliseconds. */
  acceptAfter(milliseconds: number): void;
  /** Messages that came in since the last arrangement. */
  received(): number;
  /** A sender for a place where nobody listens. */
  nowhere: Sender<Message>;
  /** What must not come out of the adapter. */
  secrets: readonly string[];
}>;

/** Long enough for a busy machine. */
const patienceMs = 5_000;
/** Where no answer is going to come. */
const shortPatienceMs = 400;

/** What every adapter has to do, whatever its provider speaks. */
export function testContract<Message>(t: Test, double: Double<Message>): void {
  const { sender, message } = double;
  const send = (by: Sender<Message> = sender, limitMs = patienceMs) =>
    by.send(message, AbortSignal.timeout(limitMs));

  t.test('contract: it goes by the name of its file, as the list of providers has it', async (t) => {
    t.equal(basename(process.argv[1] ?? '', '.test.ts'), sender.name);
  });

  t.test('contract: a message that is taken is sent, with the id of the provider', async (t) => {
    const id = double.accept();
    const answer = await send();
    t.equal(answer.kind, 'sent');
    if (id !== undefined) t.same(answer, { kind: 'sent', providerMessageId: id });
    t.equal(double.received(), 1);
  });

  t.test('contract: each answer of the provider has its meaning', async (t) => {
    for (const { name, arrange, kind } of double.answers) {
      arrange();
      const answer = await send();
      t.equal(answer.kind, kind, name);
      if (answer.kind !== 'sent') t.match(answer.reason, /^[\w.:-]{1,60}$/, `${name}: a reason fit for logs`);
    }
  });

  t.test('contract: no answer in time is unknown, and nothing is repeated by itself', async (t) => {
    double.hang();
    const started = performance.now();
    t.equal((await send(sender, shortPatienceMs)).kind, 'unknown');
    t.ok(performance.now() - started < shortPatienceMs + 1_000, 'gives up in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal(double.received(), 1);
  });

  t.test(
    'contract: a connection that breaks off is unknown, and nothing is repeated by itself',
    async (t) => {
      double.breakOff();
      t.equal((await send()).kind, 'unknown');
      await new Promise((resolve) => setTimeout(resolve, 100));
      t.equal(double.received(), 1);
    },
  );

  t.test('contract: a slow answer counts, and the next message goes out as ever', async (t) => {
    double.acceptAfter(150);
    t.equal((await send()).kind, 'sent');
    double.accept();
    t.equal((await send()).kind, 'sent');
  });

  t.test('contract: where nobody listens, a message never left', async (t) => {
    t.equal((await send(double.nowhere)).kind, 'retry-later');
  });

  t.test('contract: several messages at once each get their own answer', async (t) => {
    double.accept();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send()));
    t.same(
      answers.map(({ kind }) => kind),
      Array.from({ length: 10 }, () => 'sent'),
    );
    t.equal(double.received(), 10);
  });

  t.test('contract: neither answers nor health hold keys, numbers, texts or codes', async (t) => {
    const chain = createProviderChain([sender], { timeoutMs: shortPatienceMs });
    const arrangements = [
      () => double.accept(),
      () => double.hang(),
      () => double.breakOff(),
      ...double.answers.map(({ arrange }) => arrange),
    ];
    const said: unknown[] = [];
    for (const arrange of arrangements) {
      arrange();
      said.push(await send(sender, shortPatienceMs));
      const options = { only: null, beforeEach: async () => true };
      said.push(await chain.send(message, options), chain.health());
    }
    for (const secret of double.secrets) t.notOk(JSON.stringify(said).includes(secret));
  });
}

/** The parts of a double that all HTTP providers share. */
export function httpDouble(
  server: Awaited<ReturnType<typeof startHttpServer>>,
  accepted: { status: number; body: unknown; id: string | undefined },
) {
  const accept = json(accepted.status, accepted.body);
  const { hang, reset, breakOff, malformed, html, huge, redirect } = reactions;
  const answer = (name: string, kind: Kind, reaction: typeof accept) => ({
    name,
    kind,
    arrange: () => server.reactWith(reaction),
  });
  return {
    accept() {
      server.reactWith(accept);
      return accepted.id;
    },
    hang: () => server.reactWith(hang),
    breakOff: () => server.reactWith(reset),
    acceptAfter: (milliseconds: number) =>
      server.reactWith((response, request) => setTimeout(accept, milliseconds, response, request)),
    received: () => server.received.length,
    answer,
    commonAnswers: [
      answer('malformed', 'unknown', malformed),
      answer('wrong content type', 'unknown', html),
      answer('far too long', 'unknown', huge),
      answer('half an answer', 'unknown', breakOff),
      answer('JSON of another shape', 'unknown', json(200, ['what?'])),
      answer('no JSON object at all', 'unknown', json(200, null)),
      answer('redirect', 'configuration-wrong', redirect),
      answer('HTTP 429', 'retry-later', json(429, 'slow down')),
      answer('HTTP 503', 'retry-later', json(503, 'busy')),
      answer('HTTP 403', 'configuration-wrong', json(403, 'no')),
      answer('HTTP 500', 'unknown', json(500, 'oops')),
      answer('HTTP 502', 'unknown', json(502, 'oops')),
      answer('HTTP 504', 'unknown', json(504, 'oops')),
    ],
  };
}
