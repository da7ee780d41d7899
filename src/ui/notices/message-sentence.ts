import type { Message } from '../../state/message.ts';
import type { Sentence } from '../problem-message.ts';

/** The sentence for what state has to say. */
export function messageSentence(message: Message): Sentence {
  const key = `notices.messages.${message.key}` as const;
  switch (message.key) {
    case 'pictures-moved':
    case 'pictures-without-folder':
    case 'class-removed':
      return { key, values: { count: message.count, label: message.label } };
    case 'pictures-removed':
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
    case 'undone':
    case 'open-elsewhere':
    case 'taken-over':
    case 'update-ready':
    case 'part-missing':
    case 'storage-settled':
      return { key, values: {} };
  }
}

/** Whether it waits for the person: it stays until that is settled. */
export function waitsForAnswer(message: Message | undefined): boolean {
  return (
    concernsTabs(message) || message?.key === 'update-ready' || message?.key === 'part-missing'
  );
}

/** Whether it tells of another tab. */
export function concernsTabs(message: Message | undefined): boolean {
  return message?.key === 'open-elsewhere' || message?.key === 'taken-over';
}
