import { defineTexts, formatSeconds } from '../language/texts.ts';
import type { Step } from '../service/use-step.ts';
import { LinkButton } from './link-button.tsx';
import { useCountdown } from './use-countdown.ts';

const t = defineTexts(
  {
    resend: 'ارسال دوبارهٔ کد',
    resendIn: 'ارسال دوباره تا {left} دیگر',
    resent: 'کد دوباره فرستاده شد.',
  },
  { resend: 'Send the code again', resendIn: 'Send again in {left}', resent: 'The code was sent again.' },
);

type ResendProps = Readonly<{
  /** Milliseconds since 1970, by this device's clock. */
  resendAt: number;
  wasResent: boolean;
  step: Step<void>;
}>;

/** The same code once more, when its time has come. */
export function Resend({ resendAt, wasResent, step: { run, refusal, isPending } }: ResendProps) {
  const left = useCountdown(resendAt);
  return (
    <div>
      <LinkButton disabled={left > 0 || isPending} onClick={() => run()}>
        {left > 0 ? t('resendIn', { left: formatSeconds(left) }) : t('resend')}
      </LinkButton>
      <p role="status">{refusal?.message ?? (wasResent && t('resent'))}</p>
    </div>
  );
}
