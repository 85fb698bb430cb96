// A list that comes in pages: the first page is kept fresh, more come when somebody asks for them.
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export class Paged<T> {
  data = $state.raw<ListPage<T> | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(true);
  #turn = 0;

  constructor(
    private readonly fetch: (after: string | null) => Promise<ListPage<T>>,
    private readonly keyOf: (item: T) => number | string,
  ) {}

  /** The first page anew; what was read below it stays, if it still joins on. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const page = await this.fetch(null);
      if (turn !== this.#turn) return;
      const old = this.data;
      const last = page.items.at(-1);
      const joins =
        old && last ? old.items.findIndex((one) => this.keyOf(one) === this.keyOf(last)) : -1;
      this.data =
        old && page.next !== null && joins >= 0 && old.items.length > joins + 1
          ? { items: [...page.items, ...old.items.slice(joins + 1)], next: old.next }
          : page;
      this.error = null;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async more(): Promise<void> {
    const old = this.data;
    if (old === null || old.next === null) return;
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const page = await this.fetch(old.next);
      if (turn === this.#turn)
        this.data = { items: [...old.items, ...page.items], next: page.next };
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Another filter: nothing of the old list stays. */
  async anew(): Promise<void> {
    this.data = null;
    await this.load();
  }
}
