/** The DKIM_ variables, which only make sense together. */

export type DkimSettings = {
  domain: string
  selector: string
  file: string
  /** The variable that names the file, for messages. */
  variable: string
}

type DkimValues = {
  DKIM_DOMAIN: string | undefined
  DKIM_SELECTOR: string | undefined
  DKIM_KEY_FILE: string | undefined
  DKIM_SELECTOR_2: string | undefined
  DKIM_KEY_FILE_2: string | undefined
}

export function dkimFaults(values: DkimValues): string[] {
  const { DKIM_DOMAIN, DKIM_SELECTOR, DKIM_KEY_FILE, DKIM_SELECTOR_2, DKIM_KEY_FILE_2 } = values
  const first = [DKIM_DOMAIN, DKIM_SELECTOR, DKIM_KEY_FILE].filter((value) => value !== undefined).length
  const second = [DKIM_SELECTOR_2, DKIM_KEY_FILE_2].filter((value) => value !== undefined).length
  const faults: string[] = []
  if (first !== 0 && first !== 3) {
    faults.push('DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE must be set together or not at all')
  }
  if (second === 1) faults.push('DKIM_SELECTOR_2 and DKIM_KEY_FILE_2 must be set together or not at all')
  if (second > 0 && first === 0) faults.push('DKIM_SELECTOR_2 must come with DKIM_DOMAIN and a first key')
  return faults
}

/** The keys to sign with, none when mail goes unsigned; call it on values without faults. */
export function dkimSettings(values: DkimValues): DkimSettings[] {
  const domain = values.DKIM_DOMAIN?.toLowerCase()
  const keys = [
    { selector: values.DKIM_SELECTOR, file: values.DKIM_KEY_FILE, variable: 'DKIM_KEY_FILE' },
    { selector: values.DKIM_SELECTOR_2, file: values.DKIM_KEY_FILE_2, variable: 'DKIM_KEY_FILE_2' },
  ]
  return keys.flatMap(({ selector, file, variable }) =>
    domain && selector && file ? [{ domain, selector, file, variable }] : [],
  )
}
