import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { type Refusal, toRefusal } from './refusal.ts';

export type Step<Input> = Readonly<{
  run: (input: Input) => void;
  refusal: Refusal | null;
  isPending: boolean;
}>;

export type StepWays = Readonly<{
  /** Where the flow starts, and is told that it is over. */
  start: string;
  /** Where a step leads that was done already, its answer lost. */
  next?: string;
  onOver?: () => void;
  /** Better sentences than the service's own, by code. */
  sentences?: Readonly<Record<string, string>>;
}>;

/** One call of a flow of several steps. What is over goes back to the start and says so (`notice: 'over'`). */
export function useStep<Input>(
  act: (input: Input) => Promise<void>,
  { start, next, onOver, sentences }: StepWays,
): Step<Input> {
  const navigate = useNavigate();
  const { mutate, error, isPending } = useMutation({
    mutationFn: act,
    onError(reason) {
      const { code } = toRefusal(reason);
      if (code === 'step-done' && next) navigate(next);
      if (code !== 'flow-not-open') return;
      onOver?.();
      navigate(start, { replace: true, state: { notice: 'over' } });
    },
  });
  return { run: mutate, refusal: error ? toRefusal(error, sentences) : null, isPending };
}
