import { readableEmail } from '../../kernel/email-address.ts';

/** `arezoo@example.ir` as `a•••@e•••.ir`: enough for the owner to recognise, too little for anybody else. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = readableEmail(address).slice(at + 1);
  const dot = domain.lastIndexOf('.');
  const first = (text: string) => [...text][0] ?? '';
  return `${first(local)}•••@${first(domain)}•••${dot < 0 ? '' : domain.slice(dot)}`;
}
