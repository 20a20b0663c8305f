/** Listens to signals that many messages share, with one listener for each signal rather than for each message. */
export class Stops {
  readonly #onStop: () => void
  readonly #known = new WeakSet<AbortSignal>()

  constructor(onStop: () => void) {
    this.#onStop = onStop
  }

  /** Calls back once when the signal is aborted, however often it is named. */
  hear(signal: AbortSignal | undefined): void {
    if (!signal || this.#known.has(signal)) return
    this.#known.add(signal)
    signal.addEventListener('abort', this.#onStop, { once: true })
  }
}
