import { eventually } from '../messaging/support.ts';
import type { Answer, TestService } from './app.ts';
import { goodPassword } from './journey.ts';

type Message = Readonly<{ purpose: string; text: string; code: string | null; channel: string }>;

/** Messages to a mobile (E.164) or an e-mail address, newest first, as the in-box shows them. */
export async function messagesAt(service: TestService, destination: string): Promise<Message[]> {
  const { body } = await service.get(`/dev/messages.json?destination=${encodeURIComponent(destination)}`);
  return body.messages;
}

export const internationalOf = (mobile: string) => `+98${mobile.replace(/^0/, '')}`;

/** The newest code that reached an address. */
export async function codeAt(service: TestService, destination: string): Promise<string> {
  const message = (await messagesAt(service, destination)).find(({ code }) => code);
  if (!message?.code) throw new Error(`no code for ${destination}`);
  return message.code;
}

export type Kind = 'mobile' | 'email';

export function startChange(
  service: TestService,
  token: string,
  kind: Kind,
  address: string,
  currentPassword = goodPassword,
): Promise<Answer> {
  return service.post(`/v1/me/${kind}-changes`, { currentPassword, [kind]: address }, { token });
}

/** Changes an address all the way; the answer is that of the verification. */
export async function changeAddress(
  service: TestService,
  token: string,
  kind: Kind,
  address: string,
): Promise<Answer> {
  const { body, status, text } = await startChange(service, token, kind, address);
  if (status !== 201) throw new Error(`the change did not start: ${text}`);
  const code = await codeAt(service, kind === 'mobile' ? internationalOf(address) : address);
  return service.post(`/v1/me/${kind}-changes/${body.id}/verification`, { code }, { token });
}

/** Another mobile that the development register of mobiles ties to the same person. */
export function otherMobileOf(mobile: string, prefix = '0919555'): string {
  return `${prefix}${mobile.slice(-4)}`;
}

/** Waits until every message has left, or has come to another end. */
export async function everyMessageEnded({ db }: TestService): Promise<void> {
  await eventually(async () => {
    const waiting = await db
      .selectFrom('message')
      .where('state', 'in', ['queued', 'sending'])
      .select('id')
      .executeTakeFirst();
    return waiting ? undefined : true;
  });
}
