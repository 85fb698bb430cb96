// Something fetched: its data, whether it is on its way, and the refusal if it was refused.
export class Resource<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(true);
  #turn = 0;

  constructor(private readonly fetch: () => Promise<T>) {}

  /** Fetches (again). Old data stays in sight meanwhile; only the newest answer counts. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const data = await this.fetch();
      if (turn !== this.#turn) return;
      this.data = data;
      this.error = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  forget(): void {
    this.#turn++;
    this.data = null;
    this.error = null;
    this.loading = true;
  }
}
