// Starts allauth's passkey scripts, and says in words on the page what they would only write to the console.
'use strict'
{
  const { kind, credential } = document.currentScript.dataset
  const form = document.querySelector(`[data-passkey="${kind}"]`)

  const start = () => {
    if (!window.PublicKeyCredential || !form) return
    const ids = { credential, data: 'passkey-options' }
    const forms = window.allauth.webauthn.forms
    if (kind === 'add') forms.addForm({ ids: { ...ids, add: 'passkey', passwordless: 'id_passwordless' } })
    if (kind === 'authenticate') forms.authenticateForm({ ids: { ...ids, authenticate: 'passkey' } })
    if (kind === 'login') forms.loginForm({ ids: { ...ids, login: 'passkey' } })
    form.hidden = false
  }

  document.addEventListener('allauth.error', (event) => {
    event.preventDefault()
    form.querySelector('[data-passkey-problem]').hidden = false
  })
  start()
}
