// An audience while somebody works on it: cards and text, kept in step by the server, which reads
// either and answers with both, and with how many people it means.
import { api, ApiError, ask, type Schemas } from '../../api/client';
import {
  cardsFromTree,
  fromWire,
  newAudience,
  wireFromCards,
  type AudienceDraft,
  type GroupCard,
} from './cards';
import { named } from './names';

export class Measured {
  draft = $state.raw<AudienceDraft>(newAudience);
  measure = $state.raw<Schemas['AudienceMeasure'] | null>(null);
  problem = $state.raw<unknown>(null);
  busy = $state(false);
  purpose = $state<Schemas['Purpose']>('notice');
  channel = $state<Schemas['Channel']>('whatsapp');
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  setCards(cards: GroupCard): void {
    this.draft = { ...this.draft, by: 'cards', cards };
    this.ask();
  }
  setText(text: string): void {
    this.draft = { ...this.draft, by: 'text', text };
    this.ask();
  }
  set(draft: AudienceDraft): void {
    this.draft = draft;
    this.ask(0);
  }

  /** Counts as one types: a quarter of a second after the last change. */
  ask(waitMs = 250): void {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.busy = true;
    this.#timer = setTimeout(() => void this.#look(turn), waitMs);
  }

  async #look(turn: number): Promise<void> {
    const { by, cards, text } = this.draft;
    const body: Schemas['AudienceMeasureAsked'] = {
      purpose: this.purpose,
      channel: this.channel,
      sms_segments: 1,
      voice_pulses: 1,
    };
    if (by === 'text' && text.trim() !== '') body.text = text;
    if (by === 'cards') body.tree = wireFromCards(cards);
    try {
      const measure = await ask(api.POST('/api/audiences/count', { body }));
      const read = by === 'text' ? await named(cardsFromTree(fromWire(measure.tree))) : cards;
      if (turn !== this.#turn) return;
      this.measure = measure;
      this.problem = null;
      // What is being typed stays as it is; the other form follows.
      this.draft = by === 'text' ? { by, cards: read, text } : { by, cards, text: measure.text };
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = error;
      if (!(error instanceof ApiError && error.code === 'web.offline')) this.measure = null;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** The text as the server writes it; null while what stands there is not understood. */
  get text(): string | null {
    return this.problem === null && !this.busy ? (this.measure?.text ?? null) : null;
  }
}
