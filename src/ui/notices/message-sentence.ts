import type { Message } from '../../state/notices.svelte.ts';
import { editPhrase, projectName, type Sentence } from '../problem-message.ts';

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
