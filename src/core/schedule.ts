import type { ResolvedTrainingOptions } from './options.ts';

/**
 * The learning rate of one step of gradient descent.
 *
 * Warm-up: over the first `warmup · totalSteps` steps the rate rises in a
 * straight line from zero to its peak (P. Goyal et al., 2017, section 2.2).
 * Over the remaining steps, as `progress` goes from 0 to 1:
 * - constant: the peak;
 * - cosine: `peak · (1 + cos(π · progress)) / 2` (I. Loshchilov and F. Hutter,
 *   "SGDR", 2017, without restarts); the last step still learns a little;
 * - step: the peak, a tenth of it from one half on, a hundredth from three quarters on.
 *
 * @param step from 0 to totalSteps − 1.
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  options: Pick<ResolvedTrainingOptions, 'learningRate' | 'schedule' | 'warmup'>,
): number {
  const peak = options.learningRate;
  const warmupSteps = Math.round(options.warmup * totalSteps);
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  switch (options.schedule) {
    case 'constant':
      return peak;
    case 'cosine':
      return (peak * (1 + Math.cos(Math.PI * progress))) / 2;
    case 'step':
      return progress < 0.5 ? peak : progress < 0.75 ? peak / 10 : peak / 100;
  }
}
