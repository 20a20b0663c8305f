// Proposes the time zone of the browser; nothing changes before somebody presses the button and saves.
const select = document.querySelector('select[name=timezone]')
const told = document.getElementById('zone-told')
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const known = [...(select?.options ?? [])].some(({ value }) => value === zone)

if (known && told && select.value !== zone) {
  told.querySelector('span').textContent = zone
  told.hidden = false
  told.querySelector('button').addEventListener('click', () => {
    select.value = zone
    told.hidden = true
    select.focus()
  })
}
