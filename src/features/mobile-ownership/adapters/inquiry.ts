import type { PersonId } from '../../../kernel/person-id.ts';
import type { Secret } from '../../../kernel/secret.ts';
import { createHttpClient, toJson } from '../../../outgoing-http/http-client.ts';
import type { MobileOwnership } from '../mobile-ownership.ts';

/** Wire format of a reseller of the Shahkar inquiry: both answer `{result: 1, …: {data: {matched}}}`. */
type Dialect = Readonly<{
  path: string;
  body(nationalCode: string, mobile: string): Record<string, string>;
  matched(answer: unknown): unknown;
}>;

type Answer = {
  result?: unknown;
  data?: { matched?: unknown };
  response_body?: { data?: { matched?: unknown } };
};

const dialects = {
  zohal: {
    path: '/api/v0/services/inquiry/shahkar',
    body: (nationalCode, mobile) => ({ mobile, national_code: nationalCode }),
    matched: (answer) => (answer as Answer | null | undefined)?.response_body?.data?.matched,
  },
  zibal: {
    path: '/v1/facility/shahkarInquiry',
    body: (nationalCode, mobile) => ({ mobile, nationalCode }),
    matched: (answer) => (answer as Answer | null | undefined)?.data?.matched,
  },
} as const satisfies Record<string, Dialect>;

export type InquiryOptions = Readonly<{
  dialect: keyof typeof dialects;
  url: string;
  token: Secret<string>;
  timeoutMs?: number;
  /** Told why an inquiry gave no answer: a status or a code, nothing of the person. */
  onUnavailable?: (reason: string) => void;
}>;

const defaultTimeoutMs = 5_000;
const successResult = 1;

/** Asks a reseller over HTTP. Whatever it answers that is not a clear yes or no is `unavailable`. */
export function createInquiryOwnership(options: InquiryOptions): MobileOwnership {
  const dialect: Dialect = dialects[options.dialect];
  const http = createHttpClient();
  const unavailable = (reason: string) => {
    options.onUnavailable?.(reason);
    return 'unavailable' as const;
  };
  // The contracts know national codes; the same digits as an insurance number are somebody else.
  const asksAbout = (kind: PersonId['kind']) => kind === 'national-code';
  return {
    asksAbout,
    async check(person, mobile) {
      if (!asksAbout(person.kind)) return unavailable('not a national code');
      const response = await http.request({
        method: 'POST',
        url: `${options.url}${dialect.path}`,
        headers: { authorization: `Bearer ${options.token.expose()}`, 'content-type': 'application/json' },
        body: JSON.stringify(dialect.body(person.value, mobile.replace(/^\+98/, '0'))),
        signal: AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs),
      });
      if ('failure' in response) return unavailable(response.failure);
      if (response.status !== 200) return unavailable(`status ${response.status}`);
      const answer = toJson(response.body);
      const matched = dialect.matched(answer);
      if ((answer as Answer | null | undefined)?.result !== successResult || typeof matched !== 'boolean') {
        return unavailable('unexpected answer');
      }
      return matched ? 'matched' : 'not-matched';
    },
  };
}
