import type { Problem } from '../../core/problem.ts';
import { hasMessage, say, type MessageKey } from '../messages.ts';

/** "12 of 480 files were left out: 9 aren't pictures and 3 are damaged." */
export function leftOutSummary(problems: readonly Problem[], total: number | undefined): string {
  const count = problems.length;
  const what =
    total === undefined
      ? say('notices.leftOut.only', { count })
      : say('notices.leftOut.of', { count, total });
  return say('notices.leftOut.with', { what, why: joinReasons(countReasons(problems)) });
}

/** "Worth a look: 2 pictures are in two classes." */
export function doubtSummary(problems: readonly Problem[]): string {
  return say('notices.doubts.with', { why: joinReasons(countReasons(problems)) });
}

/** The commonest reason first. */
function countReasons(problems: readonly Problem[]): string[] {
  const counts = new Map<MessageKey, number>();
  for (const { code } of problems) {
    const key = countKey(code);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([key, count]) => say(key, { count }));
}

function countKey(code: Problem['code']): MessageKey {
  if (code.startsWith('zip-') || code.startsWith('project-')) return 'problemCounts.archive';
  const key = `problemCounts.${code}`;
  return hasMessage(key) ? (key as MessageKey) : 'problemCounts.other';
}

function joinReasons(reasons: readonly string[]): string {
  const last = reasons.at(-1) ?? '';
  if (reasons.length < 2) return last;
  return say('notices.leftOut.and', { list: reasons.slice(0, -1).join(', '), last });
}
