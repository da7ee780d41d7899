import type { Message } from '../../state/notices.svelte.ts';
import { formatBytes } from '../format.ts';
import { editPhrase, projectName, type Sentence } from '../problem-message.ts';
import type { Problem } from '../../core/problem.ts';
import { hasMessage, say, type MessageKey } from '../messages.ts';

/** The sentence for what state has to say. */
export function messageSentence(message: Message): Sentence {
  const key = `notices.messages.${message.key}` as const;
  switch (message.key) {
    case 'pictures-moved':
    case 'pictures-without-folder':
    case 'class-removed':
      return { key, values: { count: message.count, label: message.label } };
    case 'pictures-removed':
    case 'pictures-unlabelled':
    case 'pictures-added':
    case 'arrival-resumed':
    case 'class-gone':
      return { key, values: { count: message.count } };
    case 'trial-full':
      return { key, values: { count: message.count, tried: message.tried } };
    case 'classifier-imported': {
      const labels = message.labels.join(', ');
      return message.picturesKept > 0
        ? {
            key: 'notices.messages.classifier-imported-beside',
            values: { labels, count: message.picturesKept },
          }
        : { key, values: { labels } };
    }
    case 'backbone-imported':
      return { key, values: { name: message.name } };
    case 'class-merged':
      return { key, values: { label: message.label, into: message.into } };
    case 'undone':
    case 'redone':
      return { key, values: { what: editPhrase(message.what) } };
    case 'room-freed':
      return { key, values: { size: formatBytes(message.bytes) } };
    case 'project-deleted':
      return { key, values: { name: projectName(message.name) } };
    case 'all-removed':
    case 'project-not-here':
    case 'open-elsewhere':
    case 'taken-over':
    case 'update-ready':
    case 'part-missing':
    case 'engine-restarted':
    case 'storage-settled':
      return { key, values: {} };
  }
}

const WAITING: ReadonlySet<Message['key']> = new Set([
  'update-ready',
  'part-missing',
  'project-deleted',
]);

/** Whether it waits for the person: it stays until that is settled. */
export function waitsForAnswer(message: Message | undefined): boolean {
  return concernsTabs(message) || (message !== undefined && WAITING.has(message.key));
}

/** Whether it tells of another tab. */
export function concernsTabs(message: Message | undefined): boolean {
  return message?.key === 'open-elsewhere' || message?.key === 'taken-over';
}

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
