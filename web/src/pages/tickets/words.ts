// What tickets and the things in a history are called.
import type { Schemas } from '../../api/client';
import { nameOf, t, word, type Key } from '../../i18n/i18n.svelte';
import { producerName } from '../../shared/say';

/** Dialogues may bring topics that have no word yet. */
export function topicName(topic: string): string {
  return word(`topic.${topic}`, topic.replaceAll('_', ' '));
}

export const topics = [
  'person',
  'not_understood',
  'voice',
  'picture',
  'stranger',
  'wish',
  'pickup',
  'payment',
  'quality',
  'dispatch',
  'order',
  'scheme',
] as const;

/** Her name, or the masked number of a stranger. */
export function whoIs(ticket: Schemas['Ticket']): string {
  return ticket.person ? producerName(ticket.person) : ticket.address;
}

/** "Ram took it": what happened, by whom. */
export function eventText(kind: Schemas['TicketEventKind'], by: Schemas['Officer'] | null): string {
  return t(`ticket_event.${kind}` as Key, { who: by ? nameOf(by) : t('app.name') });
}
