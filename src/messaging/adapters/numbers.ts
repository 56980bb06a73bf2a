/** The national form that Iranian providers take: `+98912…` as `0912…`; other countries stay E.164 with `00`. */
export function localNumber(e164: string): string {
  return e164.startsWith('+98') ? `0${e164.slice(3)}` : e164.replace(/^\+/, '00');
}
