// What was typed and not sent yet is not lost to another button: it stands there again on the page that is read anew.
const forms = () => [...document.querySelectorAll('form[data-form], form[data-upload]')]
const nameOf = ({ dataset }) => dataset.form ?? dataset.upload

export function isUntouched(field) {
  if (field.selectedOptions) return field.selectedOptions[0]?.defaultSelected === true
  if (field.type === 'checkbox') return field.checked === field.defaultChecked
  return field.value === field.defaultValue
}

/** @param sent - the form that was sent, whose fields begin anew. */
export function keepTyped(sent) {
  const typed = forms()
    .filter((form) => form !== sent)
    .flatMap((form) => [...form.elements].map((field, at) => ({ form: nameOf(form), at, field })))
    .filter(({ field }) => field.name && field.type !== 'file' && !isUntouched(field))
    .map(({ form, at, field: { name, value, checked } }) => ({ form, at, name, value, checked }))
  sessionStorage.setItem('typed', JSON.stringify({ page: location.pathname, typed }))
}

export function putBackTyped() {
  const { page, typed } = JSON.parse(sessionStorage.getItem('typed') ?? '{}')
  sessionStorage.removeItem('typed')
  if (page !== location.pathname) return
  for (const { form, at, name, value, checked } of typed) {
    const field = forms().find((one) => nameOf(one) === form)?.elements[at]
    if (field?.name !== name) continue
    if (field.type === 'checkbox') field.checked = checked
    else field.value = value
  }
}
