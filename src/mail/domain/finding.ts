/** What a check of the doctor found. */
export type Finding = {
  check: string
  /** `fault` has to be mended before mail goes out well; `advice` would make things better. */
  state: 'ok' | 'advice' | 'fault'
  detail: string
  /** What to do about it; null when nothing. */
  mend: string | null
}

export const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail, mend: null })

export const advice = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'advice',
  detail,
  mend,
})

export const fault = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'fault',
  detail,
  mend,
})
