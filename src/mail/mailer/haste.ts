/** How a message stands in line, and whether it still may be sent. */

export type Haste = {
  /** Somebody waits for it: it goes before all that are not urgent. */
  urgent?: boolean
  /** When it is aborted, a message that has not begun leaves the line. */
  stop?: AbortSignal
  /** Asked once more right before the message begins, and now and then while it stands in line. */
  mayBegin?: () => boolean
}

/** Whether the message may still be sent. */
export const isWanted = ({ stop, mayBegin }: Haste): boolean => !stop?.aborted && (mayBegin?.() ?? true)
