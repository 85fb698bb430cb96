// What is on the officers' table: fetched once, changed by every answer.
import { api, ask, type Schemas } from '../../api/client';
import { Resource } from '../../shared/resource.svelte';
import { readDialogue, type Dialogue } from './steps';

export type DeskData = Schemas['DialogueDesk'];
export type TextPart = DeskData['texts'][number];
export type DialoguePart = DeskData['dialogues'][number];
type Changes = Schemas['DialogueChanges'];

export class Desk extends Resource<DeskData> {
  constructor() {
    super(() => ask(api.GET('/api/dialogues')));
  }

  async #change(body: Changes): Promise<void> {
    this.data = await ask(api.PUT('/api/dialogues/draft', { body }));
  }
  /** Null takes it away. `was` is what its author saw. */
  static textChange(
    was: Pick<TextPart, 'key' | 'draft'>,
    becomes: Schemas['DialogueText'] | null,
  ): Changes['texts'][number] {
    return {
      key: was.key,
      before_hi: was.draft?.hi ?? null,
      before_en: was.draft?.en ?? null,
      hi: becomes?.hi ?? null,
      en: becomes?.en ?? null,
    };
  }
  async saveText(was: TextPart, becomes: Schemas['DialogueText'] | null): Promise<void> {
    await this.#change({ texts: [Desk.textChange(was, becomes)], dialogues: [] });
  }
  async saveDialogue(
    was: Pick<DialoguePart, 'name' | 'draft'>,
    json: string | null,
    texts: Changes['texts'] = [],
  ): Promise<void> {
    await this.#change({ texts, dialogues: [{ name: was.name, before: was.draft, json }] });
  }
  async publish(note: string): Promise<number> {
    const mark = this.data?.mark ?? '';
    const made = await ask(api.POST('/api/dialogues/versions', { body: { note, mark } }));
    await this.load();
    return made.version.version_id;
  }
  async discard(): Promise<void> {
    const mark = this.data?.mark ?? '';
    this.data = await ask(api.POST('/api/dialogues/draft/discard', { body: { mark } }));
  }
}

/** Each dialogue as it is in the draft, read once for each answer. */
export function dialoguesOf(data: DeskData): ReadonlyMap<string, Dialogue> {
  const read = new Map<string, Dialogue>();
  for (const part of data.dialogues) {
    const dialogue = part.draft === null ? null : readDialogue(part.draft);
    if (dialogue) read.set(part.name, dialogue);
  }
  return read;
}

export function textIn(data: DeskData, key: string, language: 'hi' | 'en'): string {
  return data.texts.find((text) => text.key === key)?.draft?.[language] ?? key;
}
