// Which colour a state has: green is done, marigold waits, madder needs a look, indigo is under way.
export type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  open: 'good',
  running: 'calm',
  planning: 'wait',
  paused: 'wait',
  done: 'good',
  asking: 'wait',
  waiting: 'wait',
  agreed: 'calm',
  collecting: 'calm',
  completed: 'good',
  yes: 'good',
  no: 'bad',
  received: 'good',
  moving: 'calm',
  stored: 'good',
  ordered: 'calm',
  reserved: 'calm',
  rejected: 'bad',
  unknown: 'bad',
  cancelled: 'bad',
  awaiting_second_yes: 'wait',
  scheduled: 'calm',
  missed: 'bad',
  refused: 'bad',
  claimed: 'wait',
  approved: 'good',
  pending: 'wait',
  in_appeal: 'wait',
  flagged: 'wait',
  disabled: 'bad',
  connected: 'good',
  restricted: 'bad',
  banned: 'bad',
  asked: 'wait',
  suspended: 'bad',
  gone: 'bad',
  green: 'good',
  yellow: 'wait',
  red: 'bad',
};

export function toneOf(state: string): Tone {
  return tones[state] ?? 'plain';
}
