import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createSmtpSender, type SmtpSettings } from '../../../src/messaging/adapters/smtp.ts';
import { localhostTls } from '../tls.ts';
import { emailMessage, testContract } from './contract.ts';

const password = 'smtp-password-for-tests';
const host = 'savabegh.example';

/** Replies of the server, by command; `null` stands for silence, and nothing for yes. */
type Behaviour = Partial<{ auth: number; mailFrom: number; rcptTo: number; data: number | null }> & {
  dataAfterMs?: number;
  breakOffAfterData?: boolean;
};

async function startSmtpServer(options: SMTPServerOptions) {
  let behaviour: Behaviour = {};
  const mails: string[] = [];
  const refusal = (responseCode: number) => Object.assign(new Error(`no, ${password}`), { responseCode });
  const reply = (code: number | undefined, done: (error?: Error) => void) =>
    code === undefined ? done() : done(refusal(code));
  const server: SMTPServer = new SMTPServer({
    ...options,
    logger: false,
    closeTimeout: 100,
    onAuth({ username, password: given }, _session, done) {
      const isRight = username === 'savabegh' && given === password;
      if (behaviour.auth !== undefined) return done(refusal(behaviour.auth));
      return isRight ? done(null, { user: 'savabegh' }) : done(refusal(535));
    },
    onMailFrom: (_address, _session, done) => reply(behaviour.mailFrom, done),
    onRcptTo: (_address, _session, done) => reply(behaviour.rcptTo, done),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        const { data, dataAfterMs = 0, breakOffAfterData } = behaviour;
        if (breakOffAfterData) {
          for (const { _socket } of server.connections as Set<{ _socket: { destroy(): void } }>)
            _socket.destroy();
        } else if (data !== null) setTimeout(reply, dataAfterMs, data, done);
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    behave(next: Behaviour) {
      mails.length = 0;
      behaviour = next;
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

const server = await startSmtpServer({ secure: true, ...localhostTls });
const settings: SmtpSettings = {
  url: new Secret(`smtps://savabegh:${password}@localhost:${server.port}`),
  from: 'Savabegh <no-reply@savabegh.example>',
  dkimDomain: '',
  dkimSelector: '',
  dkimKey: null,
  ca: localhostTls.cert,
};
const senders = new Set<ReturnType<typeof createSmtpSender>>();
function senderWith(changes: Partial<SmtpSettings> = {}) {
  const sender = createSmtpSender({ ...settings, ...changes }, host);
  senders.add(sender);
  return sender;
}
const sender = senderWith();
t.teardown(async () => {
  await Promise.all([...senders].map((each) => each.close?.()));
  await server.close();
});

const behave = (behaviour: Behaviour) => () => server.behave(behaviour);
testContract(t, {
  sender,
  message: emailMessage,
  accept() {
    server.behave({});
    return `<${emailMessage.reference}@${host}>`;
  },
  answers: [
    { name: 'no such mailbox', kind: 'recipient-refused', arrange: behave({ rcptTo: 550 }) },
    { name: 'mailbox busy', kind: 'retry-later', arrange: behave({ rcptTo: 450 }) },
    { name: 'sender refused', kind: 'configuration-wrong', arrange: behave({ mailFrom: 553 }) },
    { name: 'sender deferred', kind: 'retry-later', arrange: behave({ mailFrom: 451 }) },
    { name: 'content refused', kind: 'recipient-refused', arrange: behave({ data: 554 }) },
    { name: 'content deferred', kind: 'retry-later', arrange: behave({ data: 452 }) },
  ],
  hang: behave({ data: null }),
  breakOff: behave({ breakOffAfterData: true }),
  acceptAfter: (milliseconds) => server.behave({ dataAfterMs: milliseconds }),
  received: () => server.mails.length,
  nowhere: senderWith({ url: new Secret('smtps://localhost:9') }),
  secrets: [password, emailMessage.to, '604831'],
});

const send = (by = sender, message = emailMessage) => by.send(message, AbortSignal.timeout(2_000));

t.test('a mail is text and HTML, says that a machine sent it, and has our id', async (t) => {
  server.behave({});
  await send();
  const [mail = ''] = server.mails;
  t.match(mail, /^From: Savabegh <no-reply@savabegh\.example>\r$/m);
  t.match(mail, /^To: zahra@savabegh\.example\r$/m);
  t.match(mail, new RegExp(`^Message-ID: <${emailMessage.reference}@${host}>\\r$`, 'mi'));
  t.match(mail, /^Auto-Submitted: auto-generated\r$/im);
  t.match(mail, 'multipart/alternative');
  t.match(mail, 'text/plain; charset=utf-8');
  t.match(mail, 'text/html; charset=utf-8');
});

t.test('wrong credentials and an untrusted certificate send nothing', async (t) => {
  server.behave({});
  const stranger = senderWith({ url: new Secret(`smtps://savabegh:wrong@localhost:${server.port}`) });
  t.equal((await send(stranger)).kind, 'configuration-wrong');
  const { ca: _, ...untrusting } = settings;
  const careful = createSmtpSender(untrusting, host);
  senders.add(careful);
  t.equal((await send(careful)).kind, 'retry-later');
  t.equal(server.mails.length, 0);
});

t.test('an address cannot add recipients or headers', async (t) => {
  server.behave({});
  const hostile = [
    'a@x.example, b@x.example',
    'a@x.example\r\nBcc: b@x.example',
    'A <a@x.example>',
    '<a@x.example> b@x.example',
    '"a b"@x.example',
    'a@b@x.example',
    '',
  ];
  for (const to of hostile) {
    t.same(await send(sender, { ...emailMessage, to }), {
      kind: 'recipient-refused',
      reason: 'not-an-address',
    });
  }
  t.equal(server.mails.length, 0);
});

t.test('over a network a mail goes out encrypted or not at all', async (t) => {
  const withStartTls = await startSmtpServer({ secure: false, ...localhostTls });
  const plain = await startSmtpServer({
    secure: false,
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    authOptional: true,
  });
  t.teardown(() => Promise.all([withStartTls.close(), plain.close()]));
  // Another way to write this machine's address, which does not look local.
  const elsewhere = (port: number) =>
    senderWith({ url: new Secret(`smtp://savabegh:${password}@127.1:${port}`), ca: localhostTls.cert });
  t.not((await send(elsewhere(plain.port))).kind, 'sent');
  t.equal(plain.mails.length, 0);
  t.equal(
    (await send(elsewhere(withStartTls.port))).kind,
    'retry-later',
    'its certificate names another host',
  );
  t.equal(withStartTls.mails.length, 0);

  const local = senderWith({ url: new Secret(`smtp://127.0.0.1:${plain.port}`) });
  t.equal((await send(local)).kind, 'sent', 'a relay on this machine may do without');
});

t.test('with a DKIM key mails are signed', async (t) => {
  server.behave({});
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signing = senderWith({ dkimDomain: host, dkimSelector: 's1', dkimKey: new Secret(pem) });
  t.equal((await send(signing)).kind, 'sent');
  t.match(server.mails[0], /^DKIM-Signature: v=1; a=rsa-sha256; [\s\S]*d=savabegh\.example;[\s\S]*s=s1/m);
});
