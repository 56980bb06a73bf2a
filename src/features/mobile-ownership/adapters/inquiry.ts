import type { PersonId } from '../../../kernel/person-id.ts';
import { readBody } from '../../../kernel/read-body.ts';
import type { Secret } from '../../../kernel/secret.ts';
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
    matched: (answer) => (answer as Answer | null)?.response_body?.data?.matched,
  },
  zibal: {
    path: '/v1/facility/shahkarInquiry',
    body: (nationalCode, mobile) => ({ mobile, nationalCode }),
    matched: (answer) => (answer as Answer | null)?.data?.matched,
  },
} as const satisfies Record<string, Dialect>;

export type InquiryOptions = Readonly<{
  dialect: keyof typeof dialects;
  url: string;
  token: Secret<string>;
  timeoutMs?: number;
  /** Told why an inquiry gave no answer: status or error name, nothing of the person. */
  onUnavailable?: (reason: string) => void;
}>;

const defaultTimeoutMs = 5_000;
/** Answers are a few hundred bytes. */
const maxResponseBytes = 64 * 1024;
const successResult = 1;

/** Asks a reseller over HTTP. Whatever it answers that is not a clear yes or no is `unavailable`. */
export function createInquiryOwnership(options: InquiryOptions): MobileOwnership {
  const dialect: Dialect = dialects[options.dialect];
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
      try {
        const response = await fetch(`${options.url}${dialect.path}`, {
          method: 'POST',
          redirect: 'error',
          signal: AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs),
          headers: { authorization: `Bearer ${options.token.expose()}`, 'content-type': 'application/json' },
          body: JSON.stringify(dialect.body(person.value, mobile.replace(/^\+98/, '0'))),
        });
        const body = await readBody(response, maxResponseBytes);
        if (!response.ok) return unavailable(`status ${response.status}`);
        if (body === null) return unavailable('too long an answer');
        const answer: unknown = JSON.parse(body.toString('utf8'));
        const matched = dialect.matched(answer);
        if ((answer as Answer | null)?.result !== successResult || typeof matched !== 'boolean') {
          return unavailable('unexpected answer');
        }
        return matched ? 'matched' : 'not-matched';
      } catch (error) {
        return unavailable((error as Error).name);
      }
    },
  };
}
