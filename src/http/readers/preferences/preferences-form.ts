/** The form of the preferences: what it shows, and what is read from it. */
import { localTime } from '../../../clock/zoned.js'
import type { Services } from '../../../services.js'
import type { Preferences, Reader } from '../../../subscribers/preferences/preferences.js'
import type { Detail, Frequency } from '../../../subscribers/subscriber.js'
import type { Fields } from '../step/request.js'
import { nextMail, weeklyDay } from './next-mail.js'

const choices: { value: Frequency; label: string; hint: string }[] = [
  { value: 'daily', label: 'Every edition', hint: 'Each day that has papers' },
  { value: 'weekdays', label: 'Weekdays', hint: 'Monday to Friday where you live' },
  { value: 'weekly', label: 'Weekly', hint: `The best of the week in one mail, on ${weeklyDay}s` },
]

const details: { value: Detail; label: string; hint: string }[] = [
  { value: 'full', label: 'A front page', hint: 'The first papers at length, of the others what each does' },
  { value: 'short', label: 'Short', hint: 'A line on each paper' },
  { value: 'titles', label: 'Titles', hint: 'Nothing but the titles and their votes' },
]

const zones = Intl.supportedValuesOf('timeZone')

/** What the template needs; `fault` says what was wrong with the last try, which is shown again. */
export function formOf(
  services: Pick<Services, 'config' | 'clock'>,
  reader: Reader,
  told: { saved?: boolean; asked?: boolean; fault?: string; newAddress?: string; meant?: string } = {},
) {
  const { timezone, sendAt } = services.config
  const here = reader.timezone ?? timezone
  return {
    title: 'Your preferences',
    reader,
    measures: services.config.measure.clicks,
    choices,
    details,
    zones: zones.includes(here) ? zones : [here, ...zones],
    here,
    hours: Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${two(hour)}:00` })),
    usual: `${two(sendAt.hour)}:${two(sendAt.minute)} ${timezone}`,
    today: localTime(services.clock.now(), here).day,
    next: told.saved ? nextMail(services.config, reader, services.clock.now()) : '',
    saved: false,
    asked: false,
    fault: '',
    newAddress: '',
    meant: '',
    ...told,
  }
}

const two = (number: number) => String(number).padStart(2, '0')

/** The wishes of a form; what is not in it stays as it is. Unchecked: saving does that. */
export function wishesOf(fields: Fields, reader: Reader): Preferences {
  const { frequency, detail, timezone, hour, pausedUntil, measuring } = fields
  return {
    frequency: (frequency ?? reader.frequency) as Frequency,
    detail: (detail ?? reader.detail) as Detail,
    timezone: timezone === undefined ? reader.timezone : timezone || null,
    hour: hour === undefined ? reader.hour : hour === '' ? null : Number(hour),
    pausedUntil: pausedUntil === undefined ? reader.pausedUntil : pausedUntil || null,
    // A box that is not ticked is not in the form; the field beside it says that it was shown.
    unmeasured: measuring === undefined ? reader.unmeasured : fields['unmeasured'] === 'yes',
  }
}
