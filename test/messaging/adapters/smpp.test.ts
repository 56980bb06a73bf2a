import type { AddressInfo } from 'node:net';
import smpp, { type Pdu, type Session } from 'smpp';
import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createSmppSender, type SmppSettings } from '../../../src/messaging/adapters/smpp.ts';
import type { Receipt } from '../../../src/messaging/ports.ts';
import { eventually } from '../support.ts';
import { localhostTls } from '../tls.ts';
import { smsMessage, testContract } from './contract.ts';

const password = 'smpp-pw1';

type Submit = (session: Session, pdu: Pdu) => void;

/** An SMSC on this machine, speaking SMPP over TLS. */
async function startSmsc() {
  const submitted: Pdu[] = [];
  const sessions = new Set<Session>();
  let nextId = 0;
  let bindStatus = 0;
  const accept: Submit = (session, pdu) => {
    nextId += 1;
    session.send(pdu.response({ message_id: `m-${nextId}` }));
  };
  let onSubmit = accept;
  const server = smpp.createServer({ ...localhostTls }, (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
    session.on('bind_transceiver', (pdu: Pdu) => {
      const isRight = pdu.system_id === 'savabegh' && pdu.password === password;
      session.send(pdu.response({ command_status: bindStatus || (isRight ? 0 : 0x0e) }));
    });
    session.on('submit_sm', (pdu: Pdu) => {
      submitted.push(pdu);
      onSubmit(session, pdu);
    });
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    submitted,
    sessions,
    accept,
    bindWith(status: number) {
      bindStatus = status;
    },
    submitWith(next: Submit) {
      submitted.length = 0;
      onSubmit = next;
    },
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const smsc = await startSmsc();
const settings: SmppSettings = {
  host: 'localhost',
  port: smsc.port,
  tls: 'yes',
  systemId: 'savabegh',
  password: new Secret(password),
  sender: '10004346',
  ca: localhostTls.cert,
};
const sender = createSmppSender(settings);
t.teardown(async () => {
  await sender.close?.();
  await smsc.close();
});

const refuse = (command_status: number) => () =>
  smsc.submitWith((session, pdu) => session.send(pdu.response({ command_status })));
const meanings = {
  'retry-later': [0x08, 0x14, 0x45, 0x58, 0x64],
  'recipient-refused': [0x0b, 0x65],
  'configuration-wrong': [0x01, 0x0a, 0x33, 0x66],
} as const;

testContract(t, {
  sender,
  message: smsMessage,
  accept() {
    smsc.submitWith(smsc.accept);
    return undefined;
  },
  answers: Object.entries(meanings).flatMap(([kind, statuses]) =>
    statuses.map((status) => ({
      name: `command_status ${status}`,
      kind: kind as keyof typeof meanings,
      arrange: refuse(status),
    })),
  ),
  hang: () => smsc.submitWith(() => {}),
  breakOff: () => smsc.submitWith((session) => session.destroy()),
  acceptAfter: (milliseconds) =>
    smsc.submitWith((session, pdu) => setTimeout(smsc.accept, milliseconds, session, pdu)),
  received: () => smsc.submitted.length,
  nowhere: createSmppSender({ ...settings, port: 9 }),
  secrets: [password, '9121234567', smsMessage.text, '604831'],
});

const send = (text = smsMessage.text, by = sender) =>
  by.send({ ...smsMessage, text }, AbortSignal.timeout(2_000));

t.test('a Persian text goes out as UCS-2 with a receipt asked for', async (t) => {
  smsc.submitWith(smsc.accept);
  await send();
  t.has(smsc.submitted[0], {
    destination_addr: '989121234567',
    source_addr: '10004346',
    data_coding: 8,
    registered_delivery: 1,
  });
  t.equal(smsc.submitted[0]?.short_message?.message, smsMessage.text);
});

t.test('a text in the GSM alphabet goes out as such, a long one as a payload', async (t) => {
  smsc.submitWith(smsc.accept);
  const english = 'Savabegh recovery code: 604831\n@savabegh.example #604831';
  await send(english);
  t.equal(smsc.submitted[0]?.data_coding, 0);
  t.equal(smsc.submitted[0]?.short_message?.message, english);
  const long = 'گذرواژهٔ شما در سوابق تغییر کرد. '.repeat(5);
  await send(long);
  t.equal(smsc.submitted[1]?.message_payload?.message, long);
});

t.test('a refused bind is a wrong setting, a busy SMSC is not', async (t) => {
  smsc.submitWith(smsc.accept);
  const stranger = createSmppSender({ ...settings, password: new Secret('wrong') });
  t.same(await send(undefined, stranger), { kind: 'configuration-wrong', reason: 'smpp-0e' });
  smsc.bindWith(0x58);
  const early = createSmppSender(settings);
  t.same(await send(undefined, early), { kind: 'retry-later', reason: 'smpp-58' });
  smsc.bindWith(0);
  t.equal((await send(undefined, early)).kind, 'sent', 'and is tried again');
  await early.close?.();
  const { ca: _, ...untrusting } = settings;
  t.equal(
    (await send(undefined, createSmppSender(untrusting))).kind,
    'retry-later',
    'an unknown certificate',
  );
});

t.test('after a lost session the next message goes by a new one', async (t) => {
  smsc.submitWith(smsc.accept);
  await send();
  for (const session of smsc.sessions) session.destroy();
  await eventually(() => smsc.sessions.size === 0 || undefined);
  t.equal((await send()).kind, 'sent');
});

t.test('receipts come by the session; one that nobody knows yet is asked for again', async (t) => {
  const receipts: [string, Receipt][] = [];
  let isKnown = true;
  const listening = createSmppSender(settings);
  listening.open?.(async (id, receipt) => {
    receipts.push([id, receipt]);
    return isKnown;
  });
  t.teardown(() => listening.close?.());
  smsc.submitWith(smsc.accept);
  await send(undefined, listening);
  const session = [...smsc.sessions].at(-1);
  const deliver = (fields: Record<string, string | number>) =>
    new Promise<number>((resolve) => {
      session?.deliver_sm({ esm_class: 4, ...fields }, (response) => resolve(response.command_status));
    });
  const text = (stat: string) =>
    `id:m-7 sub:001 dlvrd:001 submit date:2611220900 done date:2611220901 stat:${stat} err:000 text:`;
  t.equal(await deliver({ short_message: text('DELIVRD') }), 0);
  t.equal(await deliver({ short_message: text('UNDELIV') }), 0);
  t.equal(await deliver({ short_message: '', receipted_message_id: 'm-8', message_state: 2 }), 0);
  t.equal(await deliver({ short_message: text('ENROUTE') }), 0, 'on its way: taken note of');
  t.equal(await deliver({ esm_class: 0, short_message: 'STOP' }), 0, 'somebody writes to us');
  isKnown = false;
  t.equal(await deliver({ short_message: text('DELIVRD') }), 0x64);
  t.same(receipts, [
    ['m-7', { state: 'delivered', reason: null }],
    ['m-7', { state: 'failed', reason: 'smpp-UNDELIV' }],
    ['m-8', { state: 'delivered', reason: null }],
    ['m-7', { state: 'delivered', reason: null }],
  ]);
});
