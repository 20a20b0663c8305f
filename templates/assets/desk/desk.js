// What the desk does beyond links and plain forms; everything else works without it.
import { drawGrowth } from './chart.js'
import { watchForms } from './forms.js'
import { watchImport } from './import.js'
import { watchOrder } from './order.js'
import { watchKeys } from './keys.js'
import { watchButtons } from './press.js'
import { followSends } from './progress.js'
import { putBackTyped } from './typed.js'

putBackTyped()
watchButtons()
watchKeys()
watchForms()
watchImport()
watchOrder()
followSends()
void drawGrowth()

// On a phone the sections are one line: the present one is brought into sight.
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
